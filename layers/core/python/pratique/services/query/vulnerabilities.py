"""The list of vulnerabilities: what affects how many images, by any filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.base_image import LayerOrigin
from pratique.model.finding import Category
from pratique.model.severity import Priority, Severity
from pratique.ports.counts import BANDS, CountRow, FoundIn, Table
from pratique.ports.findings import PriorityCounts, VulnerabilityFacts
from pratique.ports.queries import VulnerabilityName
from pratique.services.query.count_rows import rows_in
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import Order, Ranking, cut, newest_first, ranked
from pratique.services.query.scope import EVERYWHERE, ScopeFilter

_BANDS = tuple(
    (FoundIn(found_in), Priority(priority), LayerOrigin(origin))
    for found_in, priority, origin in (band.split("/") for band in BANDS[Table.VULNERABILITIES])
)
_FOUND_IN: Mapping[Category | None, frozenset[FoundIn]] = {
    None: frozenset(FoundIn),
    Category.SYSTEM: frozenset({FoundIn.SYSTEM, FoundIn.BOTH}),
    Category.APPLICATION: frozenset({FoundIn.APPLICATION, FoundIn.BOTH}),
}
# The rank of the priority of each band that a category and an origin ask for.
_RANKS: Mapping[tuple[Category | None, LayerOrigin | None], Mapping[int, int]] = {
    (category, origin): {
        place: priority.rank
        for place, (found_in, priority, found_origin) in enumerate(_BANDS)
        if found_in in fitting and origin in {None, found_origin}
    }
    for category, fitting in _FOUND_IN.items()
    for origin in (None, *LayerOrigin)
}


class VulnerabilitySort(StrEnum):
    """Order of the list: worst first and then most images, or newest first by time."""

    PRIORITY = "priority"
    LAST_SCAN = "last_scan"
    FIRST_SEEN = "first_seen"


class VulnerabilityFilter(Struct, frozen=True):
    """What has to fit, all of it; empty and None fit everything.

    ``name`` is searched in ids, aliases and titles, ``repository_name`` in repositories' names, both as
    `NameSearch` does; ``package`` is the exact name of a package or source package; ``epss_at_least`` lies
    within 0 and 1; ``origin`` counts the images that have it from the base image, or from their own layers too.
    """

    scope: ScopeFilter = EVERYWHERE
    category: Category | None = None
    priority: Priority | None = None
    name: str = ""
    repository_name: str = ""
    package: str = ""
    epss_at_least: float | None = None
    known_exploited: bool | None = None
    fix_available: bool | None = None
    origin: LayerOrigin | None = None
    sort: VulnerabilitySort = VulnerabilitySort.PRIORITY


class VulnerabilityRow(Struct, frozen=True):
    """One vulnerability of the list.

    ``priority`` is the highest that it has in any image of the scope, ``images`` counts the scope's images
    by theirs; ``cvss`` is a base score, ``epss`` a probability.
    """

    id: str
    aliases: tuple[str, ...]
    title: str
    category: Category
    priority: Priority
    severity: Severity
    severity_source: str
    cvss: float | None
    epss: float | None
    known_exploited: bool
    images: PriorityCounts
    images_total: int
    first_scan: datetime | None
    last_scan: datetime | None
    fix_available: bool


def list_vulnerabilities(reading: Reading, wanted: VulnerabilityFilter, page: PageRequest) -> Page[VulnerabilityRow]:
    """Return one page of the vulnerabilities that stand open in the scope, with their exact number."""
    if wanted.epss_at_least is not None and not 0 <= wanted.epss_at_least <= 1:
        raise InvalidValue("epss_at_least must be between 0 and 1")
    rows = rows_in(reading, Table.VULNERABILITIES, wanted.scope, wanted.repository_name)
    names = reading.library.names() if _asks_for_names(wanted) else None
    bound = ("vulnerabilities", wanted)
    ranking = reading.remembered.answer(bound, (rows, names), lambda: _rank(reading, wanted, rows, names))
    ids, cursor = cut(reading.cursors, bound, ranking, page)
    facts = reading.library.vulnerabilities(ids)
    items = tuple(_row(key, facts.get(key), rows[key], wanted) for key in ids)
    return Page(items, cursor, len(ranking))


def priority_counts(
    row: CountRow, category: Category | None = None, origin: LayerOrigin | None = None
) -> PriorityCounts:
    """Return a row's images by priority, those of one category and of one layer origin where they are given."""
    counts = [0, 0, 0]
    ranks = _RANKS[category, origin]
    for band, number in row.bands.items():
        if band in ranks:
            counts[ranks[band]] += number
    return PriorityCounts(*counts)


def highest(counts: PriorityCounts) -> Priority:
    """Return the highest priority that any image has."""
    return Priority.HIGH if counts.high else Priority.MEDIUM if counts.medium else Priority.LOW


def category_of(row: CountRow, facts: VulnerabilityFacts | None, wanted: Category | None) -> Category:
    """Return the category to show: the one asked for, else the one that the images have, else the library's."""
    if wanted:
        return wanted
    found_in = {_BANDS[band][0] for band in row.bands}
    if found_in == {FoundIn.APPLICATION}:
        return Category.APPLICATION
    return facts.category if facts and found_in != {FoundIn.SYSTEM} else Category.SYSTEM


def base_score(facts: VulnerabilityFacts) -> float | None:
    """Return the CVSS base score of the source whose severity is shown, else the highest there is."""
    scores = [(rating.source == facts.severity_source, rating.score) for rating in facts.ratings if rating.score]
    return max(scores)[1] if scores else None


def _rank(
    reading: Reading,
    wanted: VulnerabilityFilter,
    rows: Mapping[str, CountRow],
    names: Mapping[str, VulnerabilityName] | None,
) -> Ranking:
    """Return the rows that fit, in order."""
    fitting = rows if names is None else _by_name(reading, wanted, rows, names)
    orders: dict[str, Order] = {}
    for key in fitting:
        row = rows[key]
        counts = priority_counts(row, wanted.category, wanted.origin)
        if not counts.total or wanted.priority not in {None, highest(counts)}:
            continue
        match wanted.sort:
            case VulnerabilitySort.PRIORITY:
                orders[key] = (highest(counts).rank, -counts.total)
            case VulnerabilitySort.LAST_SCAN:
                orders[key] = (newest_first(row.last),)
            case VulnerabilitySort.FIRST_SEEN:
                orders[key] = (newest_first(row.first),)
    return ranked(orders)


def _asks_for_names(wanted: VulnerabilityFilter) -> bool:
    limits = (wanted.epss_at_least, wanted.known_exploited, wanted.fix_available)
    return bool(wanted.name or wanted.package) or limits != (None, None, None)


def _by_name(
    reading: Reading,
    wanted: VulnerabilityFilter,
    rows: Mapping[str, CountRow],
    names: Mapping[str, VulnerabilityName],
) -> list[str]:
    """Return the ids of rows that the filters on facts leave."""
    found = reading.search.matching(names, wanted.name) if wanted.name else names
    return [key for key in found if key in rows and _fits(names[key], wanted)]


def _fits(name: VulnerabilityName, wanted: VulnerabilityFilter) -> bool:
    return (
        (not wanted.package or wanted.package in name.packages)
        and (wanted.epss_at_least is None or (name.epss or 0.0) >= wanted.epss_at_least)
        and wanted.known_exploited in {None, name.known_exploited}
        and wanted.fix_available in {None, name.fix_available}
    )


def _row(
    identifier: str, facts: VulnerabilityFacts | None, row: CountRow, wanted: VulnerabilityFilter
) -> VulnerabilityRow:
    counts = priority_counts(row, wanted.category, wanted.origin)
    known = facts.exploitation if facts else None
    return VulnerabilityRow(
        id=identifier,
        aliases=facts.aliases if facts else (),
        title=facts.title if facts else "",
        category=category_of(row, facts, wanted.category),
        priority=highest(counts),
        severity=facts.severity if facts else Severity.UNKNOWN,
        severity_source=facts.severity_source if facts else "",
        cvss=base_score(facts) if facts else None,
        epss=known.epss if known else None,
        known_exploited=bool(known and known.known_exploited),
        images=counts,
        images_total=counts.total,
        first_scan=row.first,
        last_scan=row.last,
        fix_available=bool(facts and facts.fix_available),
    )
