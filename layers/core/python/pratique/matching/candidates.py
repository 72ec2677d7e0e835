"""Which names of which ecosystems to look up for a package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pratique.advisories.names import base_of, normalised_name
from pratique.model.package import InstalledPackage, PackageType

# Java's names of its versions before https://openjdk.org/jeps/223; advisories write 8.0.312 for 1.8.0_312.
_OLD_JAVA = re.compile(r"^1\.([5-8])\.0_(\d+).*")
# Whose advisories name source packages; the other rpm distributions name the binary ones.
_NAMED_BY_SOURCE = frozenset({"Azure Linux", "Mageia", "openEuler", "Photon OS"})


@dataclass(frozen=True, slots=True)
class LookUp:
    """One question to the database: a package by one of its names, and the version that goes with that name."""

    installed: InstalledPackage
    ecosystem: str
    name: str
    version: str
    by_source: bool

    @property
    def key(self) -> tuple[str, str]:
        """What the database is asked for."""
        return self.ecosystem, self.name


def look_ups(installed: InstalledPackage, known: Iterable[str]) -> tuple[LookUp, ...]:
    """Return the look-ups of one package in the ``known`` ecosystems that hold its ecosystem's data."""
    package = installed.package
    by_source = package.type in (PackageType.DEB, PackageType.APK) or (
        package.type is PackageType.RPM and base_of(installed.ecosystem) in _NAMED_BY_SOURCE
    )
    name = package.source_name if by_source and package.source_name else package.name
    version = package.source_version if by_source and package.source_version else package.version
    if package.type is PackageType.GENERIC:
        version = _OLD_JAVA.sub(r"\1.0.\2", version)
    return tuple(
        LookUp(installed, ecosystem, normalised_name(ecosystem, name), version, by_source and name != package.name)
        for ecosystem in known
    )
