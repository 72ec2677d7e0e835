"""Packages: what one file says is installed, and what an image holds in the end."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from pratique.model.digest import DiffId


class PackageType(StrEnum):
    """The packaging world of a package, in package-URL's words where it has one.

    https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst
    """

    DEB = "deb"
    APK = "apk"
    RPM = "rpm"
    PYPI = "pypi"
    NPM = "npm"
    MAVEN = "maven"
    GOLANG = "golang"
    CARGO = "cargo"
    GEM = "gem"
    COMPOSER = "composer"
    NUGET = "nuget"
    HEX = "hex"
    CONDA = "conda"
    GENERIC = "generic"

    @property
    def is_system(self) -> bool:
        """Whether packages of this type belong to the operating system."""
        return self in _SYSTEM


# As texts: an inventory asks this of every package several times, and finding a member by its name costs a call.
_SYSTEM = ("deb", "apk", "rpm")


# No value here can be part of a cycle, and an image has thousands: the collector need not go through them (gc=False).
class Package(Struct, frozen=True, gc=False):
    """One installed unit as its own metadata names it.

    ``name`` and ``version`` are as written there (Maven: ``group:artifact``; deb: ``epoch:upstream-revision``;
    rpm: ``epoch:version-release``, the epoch left out where it is absent or 0).  ``source_name`` and
    ``source_version`` are the source package's, filled with the binary's own where the metadata says nothing
    else; both are empty for types that have no source packages.  ``module`` is an rpm module label.
    """

    type: PackageType
    name: str
    version: str
    architecture: str = ""
    source_name: str = ""
    source_version: str = ""
    module: str = ""
    licenses: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two statements about a package the same package: type, name, version, architecture."""
        return (self.type.value, self.name, self.version, self.architecture)


class Location(Struct, frozen=True, gc=False):
    """Where a fact was read: a path inside the image and the layer that holds it."""

    path: str
    layer: DiffId


class InstalledPackage(Struct, frozen=True, gc=False):
    """A package of an image's inventory.

    ``ecosystem`` is OSV's word with the release (``Debian:12``, ``PyPI``), empty where it is not known.
    ``locations`` is never empty; the first one's layer introduced this version.  ``removed_by`` is the layer
    that removed or replaced a *shadowed* package and None for an effective one.  ``owned_by`` names the
    operating-system package whose files these are, empty where there is none.
    """

    package: Package
    ecosystem: str
    locations: tuple[Location, ...]
    removed_by: DiffId | None = None
    owned_by: str = ""
