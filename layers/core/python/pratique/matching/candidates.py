"""Which names of which ecosystems to look up for a package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from pratique.advisories.names import base_of, normalised_name
from pratique.model.package import InstalledPackage, PackageType

# Java's names of its versions before https://openjdk.org/jeps/223; advisories write 8.0.312 for 1.8.0_312.
_OLD_JAVA = re.compile(r"^1\.([5-8])\.0_(\d+).*")
# Whose advisories name source packages only, and whose name them in one list and binary packages in another; the other
# rpm distributions name binary packages.
_NAMED_BY_SOURCE = frozenset({"Azure Linux", "Mageia", "openEuler", "Photon OS"})
_NAMED_BY_EITHER = frozenset({"Rocky Linux", "SUSE", "openSUSE"})


class LookUp(Struct, frozen=True, gc=False):
    """One question to the database: a package by one of its names, and the version that goes with that name.

    ``key`` is what the database is asked for: an ecosystem, and the name as that compares names.
    """

    installed: InstalledPackage
    key: tuple[str, str]
    version: str
    by_source: bool

    @property
    def ecosystem(self) -> str:
        """The ecosystem whose data is asked."""
        return self.key[0]


def own_key(installed: InstalledPackage) -> tuple[str, str]:
    """Return what the database is asked for about a package by its own name, whatever its ecosystem has data of."""
    return installed.ecosystem, normalised_name(installed.ecosystem, installed.package.name)


def look_ups(
    installed: InstalledPackage, known: Iterable[str], epochs: Mapping[tuple[str, str], str] | None = None
) -> tuple[LookUp, ...]:
    """Return the look-ups of one package in the ``known`` ecosystems that hold its ecosystem's data.

    ``epochs`` is what `source_epochs` found in the same image.
    """
    own = installed.package.name
    names = _names(installed, epochs or {})
    return tuple(
        [
            LookUp(installed, (ecosystem, normalised_name(ecosystem, name)), version, name != own)
            for ecosystem in known
            for name, version in names
        ]
    )


def source_epochs(packages: Iterable[InstalledPackage]) -> Mapping[tuple[str, str], str]:
    """Return the epoch (``4:``) of each rpm source, by its name and its version without one.

    rpm records a source without its epoch.  A binary package of the source's own version has the source's; one with a
    version of its own (Perl's modules) often has an epoch of its own, too.
    """
    found = {}
    for installed in packages:
        package = installed.package
        if package.type is PackageType.RPM and package.version == package.source_version and ":" in package.version:
            epoch, _, bare = package.version.partition(":")
            found[package.source_name, bare] = f"{epoch}:"
    return found


def _names(installed: InstalledPackage, epochs: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
    """Return the names that advisories may use for a package, each with the version that belongs to it."""
    package = installed.package
    own = (package.name, package.version)
    if package.type is PackageType.PYPI:
        # "1.13.1+cpu" is a build of 1.13.1: public specifiers ignore the local part, and so do advisories.
        return ((package.name, package.version.partition("+")[0]),)
    if package.type is PackageType.GENERIC:
        return ((package.name, _OLD_JAVA.sub(r"\1.0.\2", package.version)),)
    if not package.source_name:
        return (own,)
    source = (package.source_name, package.source_version or package.version)
    if package.type in (PackageType.DEB, PackageType.APK):
        return (source,)
    bare = source[1].rpartition(":")[2]
    if epoch := epochs.get((source[0], bare)):
        source = (source[0], epoch + bare)
    base = base_of(installed.ecosystem)
    if base in _NAMED_BY_SOURCE:
        return (source,)
    return tuple(dict.fromkeys((own, source))) if base in _NAMED_BY_EITHER else (own,)
