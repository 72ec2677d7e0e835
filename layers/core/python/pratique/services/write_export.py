"""A list becomes a file: page after page, until it is whole or as much of it as one request may read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pratique.ports.clock import Clock
from pratique.ports.exports import ExportStore
from pratique.reports.rows import RowFormat, written

LINK_SECONDS = 15 * 60
MOST_ROWS = 50_000
"""Rows of one file; what is left is the next file's."""

_MOST_SECONDS = 18.0

Rows = Sequence[Mapping[str, Any]]


class Export(Struct, frozen=True):
    """One file: its rows, the link to it, and the cursor of the next file (None: the list ends here)."""

    rows: int
    link: str
    next_cursor: str | None


class WriteExport(Struct, frozen=True):
    """Writes files of lists into a store."""

    store: ExportStore
    clock: Clock
    most_rows: int = MOST_ROWS

    def __call__(
        self, name: str, form: RowFormat, cursor: str, page: Callable[[str], tuple[Rows, str | None]]
    ) -> Export:
        """Write the list ``name`` from ``cursor`` on; ``page`` answers its rows at a cursor, and the next cursor.

        Raises StoreError, and whatever ``page`` raises.
        """
        began = self.clock.now()
        rows: list[Mapping[str, Any]] = []
        position: str | None = cursor
        while position is not None and len(rows) < self.most_rows:
            found, position = page(position)
            rows.extend(found)
            if (self.clock.now() - began).total_seconds() > _MOST_SECONDS:
                break
        file = f"{uuid.uuid4()}/{name}-{began:%Y%m%dT%H%M%SZ}.{form.value}"
        self.store.put(file, written(rows, form), form.content_type)
        return Export(len(rows), self.store.link(file, LINK_SECONDS), position)
