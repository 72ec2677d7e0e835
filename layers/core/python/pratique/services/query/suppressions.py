"""The list of suppressions, with what each one hides."""

from __future__ import annotations

from msgspec import Struct

from pratique.model.allow_list import EntryState
from pratique.model.suppression import Suppression
from pratique.ports.counts import Table, TableName
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import cut, newest_first, ranked


class SuppressionFilter(Struct, frozen=True):
    """What has to fit, all of it; ``matches`` False leaves those that hide nothing in any image."""

    state: EntryState | None = None
    vulnerability: str = ""
    matches: bool | None = None
    document: str = ""


class CountedSuppression(Struct, frozen=True):
    """A suppression and the number of images in which it hides a finding."""

    suppression: Suppression
    images: int


def get_suppression(reading: Reading, suppression_id: str) -> CountedSuppression | None:
    """Return one suppression, or None."""
    found = reading.suppressions.get(suppression_id)
    return _counted(reading, found) if found else None


def list_suppressions(reading: Reading, wanted: SuppressionFilter, page: PageRequest) -> Page[CountedSuppression]:
    """Return one page of the suppressions, newest first."""
    now = reading.clock.now()
    fitting = {
        one.id: counted
        for one in reading.suppressions.all()
        if wanted.state in {None, one.state(now)}
        and wanted.vulnerability in {"", one.covers.vulnerability}
        and wanted.document in {"", one.document.id if one.document else ""}
        and (counted := _counted(reading, one))
        and wanted.matches in {None, counted.images > 0}
    }
    orders = {key: (newest_first(one.suppression.added_at),) for key, one in fitting.items()}
    keys, cursor = cut(reading.cursors, ("suppressions", wanted), ranked(orders), page)
    return Page(tuple(fitting[key] for key in keys), cursor, len(fitting))


def _counted(reading: Reading, suppression: Suppression) -> CountedSuppression:
    row = reading.counts.row(TableName(Table.SUPPRESSIONS), suppression.id)
    return CountedSuppression(suppression, row.bands.get(0, 0) if row else 0)
