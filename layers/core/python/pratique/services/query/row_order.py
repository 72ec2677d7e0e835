"""Cutting one page out of rows that are held in memory, in an order that a cursor can go on from."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from datetime import datetime

import msgspec

from pratique.errors import InvalidValue
from pratique.services.query.page import CursorSigner, PageRequest

Order = tuple[int, ...]


def newest_first(moment: datetime | None) -> int:
    """Return a number that sorts newer moments before older ones, and unknown ones last."""
    return -int(moment.timestamp()) if moment else 0


def cut(
    cursors: CursorSigner, bound: object, orders: Mapping[str, Order], page: PageRequest
) -> tuple[tuple[str, ...], str | None]:
    """Return the keys of one page in order and the next page's cursor.

    Rows are ordered by ``orders`` and then by key.  The cursor holds the last row's place, so that rows that come
    or go between two pages neither repeat nor hide others.
    """
    place = cursors.open(bound, page.cursor)
    rows = ((order, key) for key, order in orders.items())
    if place:
        order, key = _place(place)
        behind = (order, key)
        rows = (row for row in rows if row > behind)
    found = heapq.nsmallest(page.limit + 1, rows)
    keys = tuple(key for _, key in found[: page.limit])
    if len(found) <= page.limit:
        return keys, None
    return keys, cursors.seal(bound, msgspec.json.encode(found[page.limit - 1]).decode())


def _place(text: str) -> tuple[Order, str]:
    try:
        return msgspec.json.decode(text, type=tuple[Order, str])
    except msgspec.MsgspecError as error:
        raise InvalidValue("the cursor is damaged: use next_cursor exactly as it was given") from error
