"""What a fix can break, and how the flaw is kept from coming back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pratique.model.base_image import LayerOrigin
from pratique.model.package import PackageType
from pratique.remediation.affected import AffectedPackage
from pratique.remediation.words import shown

_NUMBER = re.compile(r"\d+")
_PRO = re.compile(r"[+~]esm\d")
_SEMVER = frozenset({"npm", "cargo", "hex"})
_EVERYWHERE = frozenset({"glibc", "musl", "openssl"})
_COMPILED_IN = frozenset({"golang", "cargo"})


def caution_of(packages: Sequence[AffectedPackage]) -> str:
    """Return what can break when these packages move to their fixed versions; never empty."""
    fixable = [package for package in packages if package.fixed_version]
    if not fixable:
        return "Removing a package can break what depends on it: look what does, and run the application's tests."
    sentences = [_step(package) for package in fixable if _is_step(package)][:1]
    system = [package for package in fixable if PackageType(package.type).is_system]
    if system:
        sentences += _system(system)
    if any(package.type in _COMPILED_IN for package in fixable):
        sentences.append("The package is compiled in: the program has to be built again, not only the image.")
    if any(package.type == PackageType.MAVEN for package in fixable):
        sentences.append("Look that no second copy of the library stays on the class path, inside other jars too.")
    if len(system) < len(fixable):
        sentences.append("Run the application's tests, rebuild the image and roll it out.")
    return " ".join(sentences)


def prevention_of(packages: Sequence[AffectedPackage]) -> str:
    """Return how the flaw is kept from coming back; never empty."""
    sentences = []
    if any(package.layer.origin is LayerOrigin.BASE for package in packages):
        sentences.append("Build on a base image that is rebuilt for security updates, and build again when it is.")
    if any(PackageType(package.type).is_system for package in packages):
        sentences.append("Leave packages out that the application does not need, and rebuild the image on a schedule.")
    if any(not PackageType(package.type).is_system for package in packages):
        sentences.append("Pin dependencies in a lock file that is renewed regularly.")
    sentences.append("Let the build fail on findings that you do not accept (pratique scan --policy).")
    return " ".join(sentences)


def is_major_step(old: str, new: str, *, semver: bool = False) -> bool:
    """Whether ``new`` is of another major version: another first number, or with SemVer's 0.x another second one."""
    before, after = _numbers(old), _numbers(new)
    if before[0] != after[0]:
        return after[0] > before[0]
    return semver and before[0] == 0 and after[1] > before[1]


def _is_step(package: AffectedPackage) -> bool:
    return is_major_step(package.version, package.fixed_version, semver=package.type in _SEMVER)


def _step(package: AffectedPackage) -> str:
    return (
        f"{shown(package.name)} goes from {shown(package.version)} to {shown(package.fixed_version)}, another major "
        "version: interfaces may have changed, so read its release notes."
    )


def _system(packages: Sequence[AffectedPackage]) -> list[str]:
    sentences = []
    if any(_upstream(package.version) != _upstream(package.fixed_version) for package in packages):
        sentences.append(
            "The upstream version changes: a release keeps a library's binary interface (ABI), "
            "but programs that link it statically have to be built again."
        )
    if any((package.source_name or package.name) in _EVERYWHERE for package in packages):
        sentences.append("Nearly every process uses it.")
    if any(package.type == PackageType.DEB and _PRO.search(package.fixed_version) for package in packages):
        sentences.append("Only Ubuntu Pro's archive has the fix: the build needs a subscription (pro attach).")
    sentences.append("Processes keep the old library until they restart: rebuild the image and roll it out.")
    return sentences


def _upstream(version: str) -> str:
    """Return a version without its epoch and its packager's revision."""
    return version.rpartition(":")[2].rpartition("-")[0] or version


def _numbers(version: str) -> tuple[int, int]:
    found = [int(number[:9]) for number in _NUMBER.findall(version.rpartition(":")[2])[:2]]
    first, second = [*found, 0, 0][:2]
    return first, second
