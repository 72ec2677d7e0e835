"""What to do about a finding: the command that mends it, why the image is affected, and what to be careful about.

Commands name the least version that is enough.  They are for the Dockerfile: a container that is patched while it
runs is lost with its next start.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pratique.model.advisory import FixState
from pratique.model.package import PackageType


class AffectedPackage(Protocol):
    """What a remedy is made from: one affected package as a finding keeps it."""

    @property
    def ecosystem(self) -> str: ...  # noqa: D102 - the fields of ports.findings.StoredPackage
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def source_name(self) -> str: ...  # noqa: D102
    @property
    def fixed_version(self) -> str: ...  # noqa: D102
    @property
    def fix_state(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def range(self) -> str: ...  # noqa: D102
    @property
    def advisory(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about one vulnerability in one image.

    ``command`` is one line for a shell, empty where no command mends it; ``instead`` then says what to do.
    ``caution`` says what can break, and is never empty.
    """

    command: str
    instead: str
    caution: str


_NO_FIX = {
    FixState.WILL_NOT_FIX: "{source} will not fix {names} in this release: remove it, or move to a later release.",
    FixState.NOT_FIXED: "No fixed version of {names} exists yet, {source} says: remove it or limit who can reach it.",
}
_UNKNOWN_FIX = "{source} names no fixed version of {names}: remove it or limit who can reach it, and look again later."


def remedy_of(packages: Sequence[AffectedPackage]) -> Remedy:
    """Return the remedy for all packages of one image that one vulnerability affects.

    Packages without a fixed version are named in ``instead``; a command for the others stands beside it.
    """
    fixable = [package for package in packages if package.fixed_version]
    commands = dict.fromkeys(
        command for kind, group in _by_manager(fixable).items() if (command := _COMMANDS.get(kind, _nothing)(group))
    )
    rest = [package for package in packages if not package.fixed_version]
    sentences = [_without_fix(rest)] if rest else []
    sentences += [_by_hand(package) for package in fixable if not _COMMANDS.get(_manager(package), _nothing)([package])]
    return Remedy(" && ".join(commands), " ".join(dict.fromkeys(sentences)), _caution(fixable or packages))


def cause_of(package: AffectedPackage) -> str:
    """Return in one sentence why a package is affected, made from the evidence of its match."""
    if package.fixed_version:
        return (
            f"{package.name} {package.version} is below {package.fixed_version}, in which it is fixed, as "
            f"{package.advisory} of {package.source} says of {package.source_name or package.name}."
        )
    where = "every version is" if package.range == "every version" else f"versions {package.range} are"
    return (
        f"{package.name} {package.version} is affected: {where}, as {package.advisory} "
        f"of {package.source} says of {package.source_name or package.name}."
    )


def _manager(package: AffectedPackage) -> str:
    if package.type == PackageType.RPM:
        base = package.ecosystem.partition(":")[0]
        return {"openSUSE": "zypper", "SUSE": "zypper", "Azure Linux": "tdnf"}.get(base, "dnf")
    if package.type == PackageType.GOLANG and package.name == "stdlib":
        return "stdlib"
    return package.type


def _by_manager(packages: Sequence[AffectedPackage]) -> Mapping[str, list[AffectedPackage]]:
    groups: dict[str, list[AffectedPackage]] = {}
    for package in packages:
        groups.setdefault(_manager(package), []).append(package)
    return groups


def _names(packages: Sequence[AffectedPackage]) -> str:
    return " ".join(dict.fromkeys(package.name for package in packages))


def _nothing(_packages: Sequence[AffectedPackage]) -> str:
    return ""


def _words(packages: Sequence[AffectedPackage], *patterns: str) -> list[str]:
    """Return ``patterns`` filled for each package, each once, quoted for a shell: names come from hostile images."""
    filled = (
        " ".join(shlex.quote(pattern.format(name=package.name, fixed=package.fixed_version)) for pattern in patterns)
        for package in packages
    )
    return list(dict.fromkeys(filled))


def _each(*patterns: str) -> Callable[[Sequence[AffectedPackage]], str]:
    """Return a command that repeats the words of ``patterns`` for each package, joined by ``&&``."""
    return lambda packages: " && ".join(_words(packages, *patterns))


def _all(start: str, pattern: str) -> Callable[[Sequence[AffectedPackage]], str]:
    """Return a command that ``start`` begins and in which every package stands as one word."""
    return lambda packages: " ".join([start, *_words(packages, pattern)])


# Debian's and Ubuntu's archives keep only the newest version of a release, and a fixed version is the source's: naming
# it would fail as soon as a newer one is there.  The same holds for the rpm distributions.
_COMMANDS: Mapping[str, Callable[[Sequence[AffectedPackage]], str]] = {
    "deb": _all("apt-get update && apt-get install --only-upgrade -y", "{name}"),
    "apk": _all("apk add --no-cache --upgrade", "{name}>={fixed}"),
    "dnf": _all("dnf upgrade -y", "{name}"),
    "zypper": _all("zypper --non-interactive update", "{name}"),
    "tdnf": _all("tdnf update -y", "{name}"),
    "pypi": _all("pip install --upgrade", "{name}>={fixed}"),
    "npm": _all("npm install", "{name}@{fixed}"),
    "gem": _each("gem", "install", "{name}", "--version", ">= {fixed}"),
    "composer": _each("composer", "update", "{name}", "--with", "{name}:>={fixed}"),
    "golang": _each("go", "get", "{name}@{fixed}"),
    "cargo": _each("cargo", "update", "--package", "{name}", "--precise", "{fixed}"),
    "nuget": _each("dotnet", "add", "package", "{name}", "--version", "{fixed}"),
    "hex": _each("mix", "deps.update", "{name}"),
}


def _by_hand(package: AffectedPackage) -> str:
    if _manager(package) == "stdlib":
        return f"Build /{package.path} again with Go {package.fixed_version} or later."
    if package.type == PackageType.MAVEN:
        return f"Set the version of {package.name} to {package.fixed_version} or later in pom.xml or build.gradle."
    return f"Replace {package.name} {package.version} at /{package.path} with {package.fixed_version} or later."


def _without_fix(packages: Sequence[AffectedPackage]) -> str:
    first = packages[0]
    pattern = _NO_FIX.get(FixState(first.fix_state), _UNKNOWN_FIX)
    return pattern.format(source=first.source, names=_names(packages))


def _caution(packages: Sequence[AffectedPackage]) -> str:
    sentences = []
    steps = [package for package in packages if _major(package.fixed_version) > _major(package.version)]
    if steps:
        package = steps[0]
        sentences.append(
            f"{package.name} goes from {package.version} to {package.fixed_version}, another major version: "
            "interfaces may have changed, so run the application's tests."
        )
    if any(PackageType(package.type).is_system for package in packages):
        sentences.append("Processes keep the old library until they start again: rebuild the image and roll it out.")
    else:
        sentences.append("Run the application's tests, rebuild the image and roll it out.")
    return " ".join(sentences)


def _major(version: str) -> int:
    """Return the first number of a version, its epoch and a leading ``v`` left out; 0 where there is none."""
    digits = ""
    for character in version.rpartition(":")[2].removeprefix("v"):
        if not character.isdigit():
            break
        digits += character
    return int(digits or 0)
