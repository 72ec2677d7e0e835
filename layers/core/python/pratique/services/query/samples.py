"""The list of malicious samples: which stand in how many images, by any filter."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from pratique.model.processing import ProcessingStatus
from pratique.model.sample import Level
from pratique.ports.counts import ALLOWED, BANDS, CountRow, Table
from pratique.ports.findings import LevelCounts
from pratique.ports.queries import SampleFacts
from pratique.services.query.count_rows import rows_in
from pratique.services.query.names import NameSearch
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import cut, newest_first, ranked
from pratique.services.query.scope import EVERYWHERE, ScopeFilter

_QUIET = BANDS[Table.SAMPLES].index(ALLOWED)


class SampleSort(StrEnum):
    """Order of the list: worst first and then most images, or newest first by time."""

    LEVEL = "level"
    LAST_SCAN = "last_scan"
    FIRST_SEEN = "first_seen"


class SampleFilter(Struct, frozen=True):
    """What has to fit, all of it; ``name`` is searched in names, rules and hashes.

    ``quiet`` wants samples that the allow-list keeps quiet in all of the scope's images, or (False) others; None wants
    others, unless ``status`` is ``allowlisted``, of which it wants both.
    """

    scope: ScopeFilter = EVERYWHERE
    level: Level | None = None
    status: ProcessingStatus | None = None
    name: str = ""
    repository_name: str = ""
    quiet: bool | None = None
    sort: SampleSort = SampleSort.LEVEL


class SampleRow(Struct, frozen=True):
    """One sample of the list; ``size`` is in bytes, ``level`` the worst that it has in any image of the scope.

    ``images`` are those in which it counts; the allow-list keeps it quiet in ``quiet_images`` more.
    """

    sha256: str
    name: str
    level: Level
    size: int
    purl: str
    status: ProcessingStatus
    images: LevelCounts
    images_total: int
    quiet_images: int
    first_scan: datetime | None
    last_scan: datetime | None


def list_samples(reading: Reading, wanted: SampleFilter, page: PageRequest) -> Page[SampleRow]:
    """Return one page of the samples that stand in the scope's images, with their exact number."""
    rows = rows_in(reading, Table.SAMPLES, wanted.scope, wanted.repository_name)
    facts = reading.library.samples()
    counted = {key: (row, level_counts(row)) for key, row in rows.items()}
    fitting = {key for key, (_, counts) in counted.items() if _fits(facts.get(key), counts, wanted)}
    if wanted.name:
        called = {key: _names(key, facts.get(key)) for key in counted}
        fitting.intersection_update(NameSearch(called).matching(wanted.name))
    orders = {key: _order(wanted.sort, *counted[key]) for key in fitting}
    keys, cursor = cut(reading.cursors, ("samples", wanted), ranked(orders), page)
    return Page(tuple(_row(key, facts.get(key), *counted[key]) for key in keys), cursor, len(fitting))


def level_counts(row: CountRow) -> LevelCounts:
    """Return a row's images by level."""
    urgent, warning, notice = (row.bands.get(band, 0) for band in range(len(Level)))
    return LevelCounts(urgent, warning, notice)


def quiet_images(row: CountRow) -> int:
    """Return the number of images in which the allow-list keeps a row's sample quiet."""
    return row.bands.get(_QUIET, 0)


def worst(counts: LevelCounts) -> Level:
    """Return the worst level that any image has."""
    return Level.URGENT if counts.urgent else Level.WARNING if counts.warning else Level.NOTICE


def _names(sha256: str, facts: SampleFacts | None) -> tuple[str, ...]:
    return (sha256, facts.name, *(rule.rule for rule in facts.rules)) if facts else (sha256,)


def _fits(facts: SampleFacts | None, counts: LevelCounts, wanted: SampleFilter) -> bool:
    status = facts.decision.status if facts else ProcessingStatus.UNHANDLED
    quiet = not counts.total
    asked = {wanted.quiet} if wanted.quiet is not None else {False, wanted.status is ProcessingStatus.ALLOWLISTED}
    return quiet in asked and wanted.level in {None, _level(facts, counts)} and wanted.status in {None, status}


def _level(facts: SampleFacts | None, counts: LevelCounts) -> Level:
    """Return the worst level that counts; of a quiet sample the one that it was last seen with."""
    return worst(counts) if counts.total or facts is None else facts.level


def _order(sort: SampleSort, row: CountRow, counts: LevelCounts) -> tuple[int, ...]:
    match sort:
        case SampleSort.LEVEL:
            return (worst(counts).rank if counts.total else len(Level)), -counts.total, -quiet_images(row)
        case SampleSort.LAST_SCAN:
            return (newest_first(row.last),)
        case SampleSort.FIRST_SEEN:
            return (newest_first(row.first),)


def _row(sha256: str, facts: SampleFacts | None, row: CountRow, counts: LevelCounts) -> SampleRow:
    return SampleRow(
        sha256=sha256,
        name=facts.name if facts else "",
        level=_level(facts, counts),
        size=facts.size if facts else 0,
        purl=facts.purl if facts else "",
        status=facts.decision.status if facts else ProcessingStatus.UNHANDLED,
        images=counts,
        images_total=counts.total,
        quiet_images=quiet_images(row),
        first_scan=row.first,
        last_scan=row.last,
    )
