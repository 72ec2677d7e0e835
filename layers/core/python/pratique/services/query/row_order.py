"""Cutting one page out of rows that are held in memory, in an order that a cursor can go on from."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from pratique.errors import InvalidValue
from pratique.services.query.page import CursorSigner, PageRequest

Order = tuple[int, ...]
Ranking = Sequence[tuple[Order, str]]


def newest_first(moment: datetime | None) -> int:
    """Return a number that sorts newer moments before older ones, and unknown ones last."""
    return -int(moment.timestamp()) if moment else 0


def ranked(orders: Mapping[str, Order]) -> Ranking:
    """Return the rows by ``orders`` and then by key."""
    return sorted((order, key) for key, order in orders.items())


def cut(cursors: CursorSigner, bound: object, rows: Ranking, page: PageRequest) -> tuple[tuple[str, ...], str | None]:
    """Return the keys of one page of `ranked` rows and the next page's cursor.

    The cursor holds the last row's place, so that rows that come or go between two pages neither repeat nor hide
    others.
    """
    place = cursors.open(bound, page.cursor)
    start = bisect.bisect_right(rows, _place(place)) if place else 0
    found = rows[start : start + page.limit]
    keys = tuple(key for _, key in found)
    if start + page.limit >= len(rows):
        return keys, None
    return keys, cursors.seal(bound, msgspec.json.encode(found[-1]).decode())


def _place(text: str) -> tuple[Order, str]:
    try:
        return msgspec.json.decode(text, type=tuple[Order, str])
    except msgspec.MsgspecError as error:
        raise InvalidValue("the cursor is damaged: use next_cursor exactly as it was given") from error
