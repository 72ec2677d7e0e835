"""Which of the ecosystems that have data speak about a release, and which lies nearest where none does.

OSV writes releases in its sources' own words (https://ossf.github.io/osv-schema/#defined-ecosystems): by edition
(``Ubuntu:22.04:LTS``), by CPE (``Red Hat:enterprise_linux:9::appstream``), by product (``SUSE:Linux Enterprise Module
for Basesystem 15 SP5``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest

from pratique.advisories.names import base_of

_SUSE_RELEASE = re.compile(r" (\d+)(?:[ -]SP(\d+))?(?![\d.])")


def data_for(ecosystem: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return the known ecosystems that speak about ``ecosystem``, sorted.

    That is itself, and the other names that sources have for the same release.  An ecosystem of releases that names
    none (Debian unstable) is no release's, and so has data only under that very name.
    """
    if ":" not in ecosystem:
        return (ecosystem,) if ecosystem in known else ()
    speaks = _SPEAKS.get(base_of(ecosystem), _plain)(ecosystem)
    return tuple(sorted(name for name in known if speaks(name)))


def nearest_release(ecosystem: str, known: frozenset[str]) -> str:
    """Return the release of the same distribution that has data and lies nearest; empty where none has.

    Where no release is told, that is the latest.
    """
    base, _, release = ecosystem.partition(":")
    others = sorted(name for name in known if base_of(name) == base and name != base)
    if not release:
        return max(others, key=lambda name: _numbers(name.partition(":")[2]), default="")
    wanted = _numbers(release)
    return min(others, key=lambda name: _distance(wanted, _numbers(name.partition(":")[2])), default="")


def _plain(ecosystem: str) -> Callable[[str], bool]:
    """Say yes to the release itself, to its editions, and to ``6.0`` for ``6``."""
    return lambda name: name in (ecosystem, f"{ecosystem}.0") or name.startswith(f"{ecosystem}:")


def _ubuntu(ecosystem: str) -> Callable[[str], bool]:
    """Say yes to ``Ubuntu:Pro:`` too: the same packages, with fixes that only subscribers get."""
    stem = ecosystem.removesuffix(":LTS")
    names = {f"{start}{end}" for start in (stem, stem.replace("Ubuntu:", "Ubuntu:Pro:", 1)) for end in ("", ":LTS")}
    return lambda name: name in names


def _red_hat(ecosystem: str) -> Callable[[str], bool]:
    """Say yes to every repository of the release and to its minor releases (``enterprise_linux:10.0``)."""
    pattern = re.compile(re.escape(ecosystem) + r"(?:\.\d+)?(?::.*)?")
    return lambda name: pattern.fullmatch(name) is not None


def _suse(ecosystem: str) -> Callable[[str], bool]:
    """Say yes to every product and module of the same release and service pack; they share their packages."""
    wanted = _SUSE_RELEASE.search(ecosystem)
    if wanted is None or ":Linux Enterprise Server" not in ecosystem:
        return lambda name: name == ecosystem

    def speaks(name: str) -> bool:
        found = _SUSE_RELEASE.search(name)
        return name.startswith("SUSE:") and found is not None and found.groups() == wanted.groups()

    return speaks


_SPEAKS = {"Ubuntu": _ubuntu, "Red Hat": _red_hat, "SUSE": _suse}


def _numbers(release: str) -> tuple[int, ...]:
    words = "".join(character if character.isdigit() else " " for character in release).split()
    return tuple(int(word) for word in words[:3])


def _distance(wanted: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(abs(left - right) for left, right in zip_longest(wanted, other, fillvalue=0))
