"""The list of what is kept quiet, and why."""

from __future__ import annotations

from msgspec import Struct

from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import cut, newest_first, ranked


class AllowListFilter(Struct, frozen=True):
    """What has to fit, all of it."""

    state: EntryState | None = None
    sha256: str = ""


def get_entry(reading: Reading, entry_id: str) -> AllowListEntry | None:
    """Return one entry, or None."""
    return reading.allow_list.get(entry_id)


def list_entries(reading: Reading, wanted: AllowListFilter, page: PageRequest) -> Page[AllowListEntry]:
    """Return one page of the entries, newest first."""
    now = reading.clock.now()
    fitting = {
        entry.id: entry
        for entry in reading.allow_list.entries()
        if wanted.state in {None, entry.state(now)} and wanted.sha256 in {"", entry.sha256}
    }
    orders = {key: (newest_first(entry.added_at),) for key, entry in fitting.items()}
    keys, cursor = cut(reading.cursors, ("allow list", wanted), ranked(orders), page)
    return Page(tuple(fitting[key] for key in keys), cursor, len(fitting))
