"""The list of malicious samples: which stand in how many images, by any filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pratique.model.processing import ProcessingStatus
from pratique.model.sample import Level
from pratique.ports.counts import CountRow, Table
from pratique.ports.findings import LevelCounts
from pratique.ports.queries import SampleFacts
from pratique.services.query.count_rows import rows_in
from pratique.services.query.names import NameSearch
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import cut, newest_first, ranked
from pratique.services.query.scope import EVERYWHERE, ScopeFilter


class SampleSort(StrEnum):
    """Order of the list: worst first and then most images, or newest first by time."""

    LEVEL = "level"
    LAST_SCAN = "last_scan"
    FIRST_SEEN = "first_seen"


@dataclass(frozen=True, slots=True)
class SampleFilter:
    """What has to fit, all of it; ``name`` is searched in names, rules and hashes."""

    scope: ScopeFilter = EVERYWHERE
    level: Level | None = None
    status: ProcessingStatus | None = None
    name: str = ""
    repository_name: str = ""
    sort: SampleSort = SampleSort.LEVEL


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample of the list; ``size`` is in bytes, ``level`` the worst that it has in any image of the scope."""

    sha256: str
    name: str
    level: Level
    size: int
    purl: str
    status: ProcessingStatus
    images: LevelCounts
    images_total: int
    first_scan: datetime | None
    last_scan: datetime | None


def list_samples(reading: Reading, wanted: SampleFilter, page: PageRequest) -> Page[SampleRow]:
    """Return one page of the samples that stand in the scope's images, with their exact number."""
    rows = rows_in(reading, Table.SAMPLES, wanted.scope, wanted.repository_name)
    facts = reading.library.samples()
    counted = {key: (row, level_counts(row)) for key, row in rows.items() if any(row.bands)}
    fitting = {key for key in counted if _fits(facts.get(key), worst(counted[key][1]), wanted)}
    if wanted.name:
        called = {key: _names(key, facts.get(key)) for key in counted}
        fitting &= NameSearch(called).matching(wanted.name)
    orders = {key: _order(wanted.sort, *counted[key]) for key in fitting}
    keys, cursor = cut(reading.cursors, ("samples", wanted), ranked(orders), page)
    return Page(tuple(_row(key, facts.get(key), *counted[key]) for key in keys), cursor, len(fitting))


def level_counts(row: CountRow) -> LevelCounts:
    """Return a row's images by level."""
    urgent, warning, notice = row.bands
    return LevelCounts(urgent, warning, notice)


def worst(counts: LevelCounts) -> Level:
    """Return the worst level that any image has."""
    return Level.URGENT if counts.urgent else Level.WARNING if counts.warning else Level.NOTICE


def _names(sha256: str, facts: SampleFacts | None) -> tuple[str, ...]:
    return (sha256, facts.name, *(rule.rule for rule in facts.rules)) if facts else (sha256,)


def _fits(facts: SampleFacts | None, level: Level, wanted: SampleFilter) -> bool:
    status = facts.decision.status if facts else ProcessingStatus.UNHANDLED
    return wanted.level in {None, level} and wanted.status in {None, status}


def _order(sort: SampleSort, row: CountRow, counts: LevelCounts) -> tuple[int, ...]:
    match sort:
        case SampleSort.LEVEL:
            return worst(counts).rank, -counts.total
        case SampleSort.LAST_SCAN:
            return (newest_first(row.last),)
        case SampleSort.FIRST_SEEN:
            return (newest_first(row.first),)


def _row(sha256: str, facts: SampleFacts | None, row: CountRow, counts: LevelCounts) -> SampleRow:
    return SampleRow(
        sha256=sha256,
        name=facts.name if facts else "",
        level=worst(counts),
        size=facts.size if facts else 0,
        purl=facts.purl if facts else "",
        status=facts.decision.status if facts else ProcessingStatus.UNHANDLED,
        images=counts,
        images_total=counts.total,
        first_scan=row.first,
        last_scan=row.last,
    )
