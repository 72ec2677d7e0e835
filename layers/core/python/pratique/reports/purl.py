"""Package URLs: one name for a package that other tools understand.

https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst
"""

from __future__ import annotations

import functools
import re

from pratique.model.distribution import Distribution
from pratique.model.image import Image
from pratique.model.package import InstalledPackage, Package, PackageType

# Vendors that package URLs name otherwise than os-release does.
_VENDORS = {
    "amzn": "amazon",
    "azurelinux": "azurelinux",
    "mariner": "mariner",
    "ol": "oracle",
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "rhel": "redhat",
    "sled": "suse",
    "sles": "suse",
}
# Names and other words that stand in a URL as they are, whatever the type.  Plus signs are written otherwise, and the
# library writes those of names in two ways.
_PLAIN_WORD = re.compile(r"[a-z0-9][a-z0-9.-]*")
_PLAIN_DEBIAN_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_PLAIN_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:~+-]*")
_NO_NAME = re.compile(r"[^a-z0-9._-]+")
# Types whose names are written as one path of namespace and name.
_SLASHED = (PackageType.NPM, PackageType.GOLANG, PackageType.COMPOSER)


def purl_of(installed: InstalledPackage, distribution: Distribution | None) -> str:
    """Return the package URL of an installed package; ``distribution`` is that of its image."""
    package = installed.package
    system = distribution if package.type.is_system else None
    return _plain_purl(package, system) or _purl(package, system)


def image_purl(image: Image) -> str:
    """Return the package URL of an image: the last part of its repository's name, and the digest of its manifest."""
    from packageurl import PackageURL  # noqa: PLC0415 - only reports pay for its import

    named = image.reference.partition("@")[0].rstrip("/").rpartition("/")[2].partition(":")[0]
    name = _NO_NAME.sub("-", named.lower()).strip("-.") or "image"
    return PackageURL("oci", None, name, image.digest).to_string()


def _plain_purl(package: Package, distribution: Distribution | None) -> str:
    """Return what the library makes of a plain name and version, in a fifth of its time; empty for others."""
    plain = _PLAIN_DEBIAN_NAME if package.type is PackageType.DEB else _PLAIN_WORD
    if not (plain.fullmatch(package.name) and _PLAIN_VERSION.fullmatch(package.version)):
        return ""
    name = f"{package.name}@{package.version}".replace("+", "%2B")
    if not package.type.is_system:
        return f"pkg:{package.type.value}/{name}"
    words = _system_words(distribution)
    if package.type is PackageType.RPM or words is None or not _PLAIN_WORD.fullmatch(package.architecture):
        return ""
    vendor, distro = words
    return f"pkg:{package.type.value}/{vendor}/{name}?arch={package.architecture}&distro={distro}"


@functools.lru_cache
def _system_words(distribution: Distribution | None) -> tuple[str, str] | None:
    """Return vendor and distribution as they stand in a URL, None where they do not as they are."""
    if distribution is None:
        return None
    words = _VENDORS.get(distribution.id, distribution.id), _distro(distribution)
    return words if all(map(_PLAIN_WORD.fullmatch, words)) else None


def _distro(distribution: Distribution) -> str:
    return "-".join(part for part in (distribution.id, distribution.version) if part)


@functools.lru_cache(maxsize=4096)
def _purl(package: Package, distribution: Distribution | None) -> str:
    from packageurl import PackageURL  # noqa: PLC0415 - only reports pay for its import

    namespace, name = _name(package, distribution)
    epoch, version = _version(package)
    qualifiers = {"arch": package.architecture} if package.type.is_system and package.architecture else {}
    if epoch:
        qualifiers["epoch"] = epoch
    if distribution is not None:
        qualifiers["distro"] = _distro(distribution)
    # A name that holds nothing but separators leaves no URL to make.
    if not name.replace("/", " ").strip():
        return ""
    # The library cannot write a version of nothing but blanks.
    known = version if version.strip() else None
    return PackageURL(package.type.value, namespace or None, name, known, qualifiers or None).to_string()


def _name(package: Package, distribution: Distribution | None) -> tuple[str, str]:
    """Return namespace and name."""
    if package.type.is_system:
        vendor = distribution.id if distribution else ""
        return _VENDORS.get(vendor, vendor), package.name
    if package.type is PackageType.MAVEN:
        group, _, artifact = package.name.rpartition(":")
        return group, artifact
    if package.type in _SLASHED:
        namespace, _, name = package.name.rpartition("/")
        return namespace, name
    return "", package.name


def _version(package: Package) -> tuple[str, str]:
    """Return epoch and version: rpm's epoch is a qualifier, deb's a part of the version."""
    if package.type is not PackageType.RPM:
        return "", package.version
    epoch, _, version = package.version.rpartition(":")
    return epoch, version
