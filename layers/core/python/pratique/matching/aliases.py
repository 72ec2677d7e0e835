"""Joins the ids of advisories into flaws: one flaw is one finding, whatever number of advisories name it.

A CVE id names one flaw, so an advisory that lists several CVEs (a Debian or AlmaLinux one does) is about several
flaws, and two advisories that share a CVE are about the same.  Advisories without a CVE are joined through any
other id that they share (https://ossf.github.io/osv-schema/#aliases-field).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from pratique.model.advisory import Advisory

_PREFERRED = ("CVE-", "GHSA-", "GO-", "RUSTSEC-", "PYSEC-")


class Flaw(Struct, frozen=True, gc=False):
    """One flaw: its id, every other id of it, and the advisories about it, all sorted."""

    id: str
    aliases: tuple[str, ...]
    advisories: tuple[str, ...]


def cves_of(advisory: Advisory) -> tuple[str, ...]:
    """Return the CVE ids that an advisory is about: its own where it is one, else those it lists."""
    if advisory.id.startswith("CVE-"):
        return (advisory.id,)
    listed = (*advisory.aliases, *advisory.upstream)
    return tuple(sorted({identifier for identifier in listed if identifier.startswith("CVE-")}))


def join_flaws(advisories: Iterable[Advisory], beside: Iterable[Advisory] = ()) -> tuple[Flaw, ...]:
    """Return the flaws that the advisories are about, sorted by id; every advisory is in at least one of them.

    Advisories ``beside`` them only tell which CVE another id stands for.
    """
    known = sorted(advisories, key=lambda advisory: advisory.id)
    cve_of_alias = _cve_of_alias((*known, *beside))
    members: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    without: list[Advisory] = []
    for advisory in known:
        cves = cves_of(advisory) or _known_cves(advisory, cve_of_alias)
        if not cves:
            without.append(advisory)
        for cve in cves:
            members.setdefault(cve, set()).add(advisory.id)
            names.setdefault(cve, set()).update(_names_of(advisory, cve, cves, cve_of_alias))
    for group in _groups(without):
        ids = {identifier for advisory in group for identifier in _ids(advisory)}
        best = min(ids, key=_preference)
        members[best] = {advisory.id for advisory in group}
        names[best] = ids
    return tuple(
        Flaw(identifier, tuple(sorted(names[identifier] - {identifier})), tuple(sorted(members[identifier])))
        for identifier in sorted(members)
    )


def _names_of(advisory: Advisory, cve: str, cves: tuple[str, ...], cve_of_alias: Mapping[str, str]) -> Iterator[str]:
    """Yield an advisory's ids of one of its CVEs.

    Where it has several, an alias that another advisory gives to one of them is that one's; the others are of all.
    """
    yield advisory.id
    if len(cves) == 1:
        yield from _ids(advisory)
        return
    for alias in advisory.aliases:
        if alias not in cves and cve_of_alias.get(alias, cve) == cve:
            yield alias


def _ids(advisory: Advisory) -> tuple[str, ...]:
    return (advisory.id, *advisory.aliases, *advisory.upstream)


def _cve_of_alias(advisories: Iterable[Advisory]) -> Mapping[str, str]:
    """Return which one CVE each other id stands for, as the advisories about a single CVE say."""
    found: dict[str, str] = {}
    for advisory in advisories:
        cves = cves_of(advisory)
        if len(cves) == 1:
            for identifier in (advisory.id, *advisory.aliases):
                found.setdefault(identifier, cves[0])
    return found


def _known_cves(advisory: Advisory, cve_of_alias: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({cve_of_alias[identifier] for identifier in _ids(advisory) if identifier in cve_of_alias}))


def _groups(advisories: Iterable[Advisory]) -> list[list[Advisory]]:
    """Group advisories that share an id, directly or through others."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in advisories:
        ids, members = set(_ids(advisory)), [advisory]
        apart = []
        for group_ids, group in groups:
            if group_ids & ids:
                ids |= group_ids
                members = group + members
            else:
                apart.append((group_ids, group))
        groups = [*apart, (ids, members)]
    return [group for _, group in groups]


def _preference(identifier: str) -> tuple[int, str]:
    rank = next((place for place, prefix in enumerate(_PREFERRED) if identifier.startswith(prefix)), len(_PREFERRED))
    return rank, identifier
