"""Whether a package URL names an installed package.

What the URL leaves out fits anything; what it says has to fit: a statement about Debian's package is none about
Ubuntu's.

https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst
"""

from __future__ import annotations

import re

from pratique.advisories.names import normalised_name
from pratique.model.package import InstalledPackage, Package, PackageType

_SOURCE = frozenset({"source", "src"})
_ANY_ARCHITECTURE = frozenset({"", "all", "any", "noarch"})
# Distributions that package URLs name in several ways.
_VENDORS = {"amzn": "amazon", "azurelinux": "azure", "mariner": "azure", "rhel": "redhat", "rockylinux": "rocky"}
_RELEASE = re.compile(r"\d+(?:\.\d+)*")


def names_package(wanted: str, installed: InstalledPackage) -> bool:
    """Return whether a package URL names an installed package; a text that is no such URL names none."""
    from packageurl import PackageURL  # noqa: PLC0415 - only suppressions that came from VEX documents pay for it

    try:
        purl = PackageURL.from_string(wanted)
    except ValueError:
        return False
    package = installed.package
    if purl.type != package.type.value:
        return False
    given = purl.qualifiers if isinstance(purl.qualifiers, dict) else {}
    if not package.type.is_system:
        return _named(package, purl.namespace or "", purl.name) and purl.version in (None, "", package.version)
    vendor = not purl.namespace or _vendor(purl.namespace) == _vendor(installed.ecosystem.partition(":")[0])
    version = f"{given['epoch']}:{purl.version}" if given.get("epoch", "0") != "0" and purl.version else purl.version
    return (
        vendor
        and _same_release(given.get("distro", ""), installed.ecosystem)
        and _is_build(package, purl.name, version or "", given.get("arch", ""))
    )


def _named(package: Package, namespace: str, name: str) -> bool:
    separator = ":" if package.type is PackageType.MAVEN else "/"
    named = separator.join(part for part in (namespace, name) if part)
    if package.type is PackageType.PYPI:
        return normalised_name("PyPI", package.name) == normalised_name("PyPI", named)
    return package.name == named


def _is_build(package: Package, name: str, version: str, architecture: str) -> bool:
    """Whether name, version and architecture are a system package's, or those of the source that it was built from."""
    if architecture in _SOURCE:
        return name == package.source_name and version in ("", package.source_version)
    fits = architecture in _ANY_ARCHITECTURE or package.architecture in ("", architecture, *_ANY_ARCHITECTURE)
    return fits and name == package.name and version in ("", package.version)


def _vendor(name: str) -> str:
    plain = name.lower().removesuffix(" linux").removesuffix(" os").replace(" ", "")
    return _VENDORS.get(plain, plain)


def _same_release(distro: str, ecosystem: str) -> bool:
    """Whether ``debian-12`` and ``Debian:12`` are one release, as far as both say; ``debian-12.5`` is in it."""
    said, known = _RELEASE.search(distro.rpartition("-")[2]), _RELEASE.search(ecosystem.partition(":")[2])
    if said is None or known is None:
        return True
    return all(one == other for one, other in zip(said[0].split("."), known[0].split("."), strict=False))
