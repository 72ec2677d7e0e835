"""Answers stay under a megabyte: a page whose rows are too large is asked for again with fewer of them.

Cursors are bound to list and filter and not to a limit, so the shorter page's own cursor leads on to the rows left out.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pratique.services.query.page import DEFAULT_LIMIT

MOST_BYTES = 1_000_000
"""Of a page's body; a page of one row is answered whatever its size."""

_PAGE = '{"items":'
_SPARE = 0.9

Event = dict[str, Any]


def within_bytes(event: Event, answer: Callable[[Event], Event]) -> Event:
    """Return what ``answer`` gives to ``event``, or to the event with a smaller limit where that is too large."""
    given = answer(event)
    while _is_page(given) and (size := len(given["body"].encode())) > MOST_BYTES and (limit := _limit(event)) > 1:
        fewer = max(1, min(limit - 1, int(limit * _SPARE * MOST_BYTES / size)))
        event = _limited(event, fewer)
        given = answer(event)
    return given


def _is_page(given: Event) -> bool:
    return given["statusCode"] == HTTPStatus.OK and str(given.get("body", "")).startswith(_PAGE)


def _limit(event: Event) -> int:
    return int((event.get("queryStringParameters") or {}).get("limit", DEFAULT_LIMIT))


def _limited(event: Event, limit: int) -> Event:
    parameters = {**(event.get("queryStringParameters") or {}), "limit": str(limit)}
    pairs = parse_qsl(str(event.get("rawQueryString", "")), keep_blank_values=True)
    text = urlencode([*(pair for pair in pairs if pair[0] != "limit"), ("limit", str(limit))])
    return {**event, "queryStringParameters": parameters, "rawQueryString": text}
