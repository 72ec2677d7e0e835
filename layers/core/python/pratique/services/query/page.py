"""Pages of lists, and the cursors that lead from one to the next."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from pratique.errors import InvalidValue, MissingSetting

MAX_LIMIT = 100
DEFAULT_LIMIT = 10
_SHORTEST_KEY = 16
_MARK_BYTES = 12
_LONGEST_CURSOR = 4096
T = TypeVar("T")


class PageRequest(Struct, frozen=True):
    """Which page is wanted; raises InvalidValue for a limit that is not between 1 and 100."""

    limit: int = DEFAULT_LIMIT
    cursor: str = ""

    def __post_init__(self) -> None:
        """Check the limit."""
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidValue(f"limit must be between 1 and {MAX_LIMIT}, not {self.limit}")


class Page(Struct, Generic[T], frozen=True):
    """One page.

    ``next_cursor`` is None at the end of the list and only there: a page may be short and still have one, where
    much had to be read for it.  ``total`` is None where it is not known without reading the list.
    """

    items: tuple[T, ...]
    next_cursor: str | None
    total: int | None


class CursorSigner:
    """Seals positions so that they can be handed out: opaque, and of use only with their own list and filter."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        """Sign with what ``key`` returns, which is asked when there is something to sign or to check.

        What it raises, and MissingSetting for a key below 16 bytes, comes from `seal` and `open`.
        """
        self._key = key

    def seal(self, bound: object, position: str) -> str:
        """Return the cursor for ``position`` in the list that ``bound`` (route and filter) names."""
        body = position.encode()
        return base64.urlsafe_b64encode(self._mark(_name(bound), body) + _name(bound) + body).decode().rstrip("=")

    def open(self, bound: object, cursor: str) -> str:
        """Return the position of a cursor, empty for the empty cursor.

        Raises InvalidValue for a cursor that was altered and for one of another list or filter.
        """
        if not cursor:
            return ""
        raw = _decoded(cursor)
        mark, name, body = raw[:_MARK_BYTES], raw[_MARK_BYTES : 2 * _MARK_BYTES], raw[2 * _MARK_BYTES :]
        if not hmac.compare_digest(mark, self._mark(name, body)):
            raise InvalidValue("the cursor is damaged: use next_cursor exactly as it was given")
        if name != _name(bound):
            raise InvalidValue("the cursor belongs to another list or filter: begin again without a cursor")
        return body.decode()

    def _mark(self, name: bytes, body: bytes) -> bytes:
        key = self._key()
        if len(key) < _SHORTEST_KEY:
            raise MissingSetting(f"a key that signs cursors has at least {_SHORTEST_KEY} bytes")
        return hmac.new(key, name + body, hashlib.sha256).digest()[:_MARK_BYTES]


def _name(bound: object) -> bytes:
    return hashlib.sha256(msgspec.json.encode(bound)).digest()[:_MARK_BYTES]


def _decoded(cursor: str) -> bytes:
    try:
        if len(cursor) > _LONGEST_CURSOR:
            return b""
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
