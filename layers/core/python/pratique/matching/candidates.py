"""Which names of which ecosystems to look up for a package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from pratique.advisories.names import base_of, normalised_name
from pratique.model.package import InstalledPackage, PackageType

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
    return tuple(
        LookUp(installed, ecosystem, normalised_name(ecosystem, name), version, by_source and name != package.name)
        for ecosystem in known
    )


def data_for(ecosystem: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return the known ecosystems that speak about ``ecosystem``.

    That is itself, and with another ending where sources write one: OSV's ``Ubuntu:22.04:LTS`` for ``Ubuntu:22.04``,
    its ``Red Hat:enterprise_linux:9::baseos`` for ``Red Hat:enterprise_linux:9``.
    """
    if not ecosystem:
        return ()
    stem = ecosystem.removesuffix(":LTS")
    return tuple(sorted(name for name in known if name in (ecosystem, stem) or name.startswith(f"{stem}:")))


def nearest_release(ecosystem: str, known: frozenset[str]) -> str:
    """Return the release of the same distribution that has data and lies nearest; empty where none has."""
    base, _, release = ecosystem.partition(":")
    others = sorted(name for name in known if base_of(name) == base)
    wanted = _numbers(release)
    return min(others, key=lambda name: _distance(wanted, _numbers(name.partition(":")[2])), default="")


def _numbers(release: str) -> tuple[int, ...]:
    words = "".join(character if character.isdigit() else " " for character in release).split()
    return tuple(int(word) for word in words[:3])


def _distance(wanted: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(abs(left - right) for left, right in zip_longest(wanted, other, fillvalue=0))
