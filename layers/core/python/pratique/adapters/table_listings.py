"""Whole tables of counts or names as single objects, so that reading one costs the same however long it has grown.

A listing is named by the version of its table.  Each table has a few slots that are written in turn, so that nothing
has to be removed; a reader that finds another version in the slot than it looks for does without the listing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeVar

import msgspec
import zstandard

from pratique.errors import StoreError
from pratique.ports.objects import ObjectStore

Row = TypeVar("Row")

PREFIX = "listings"
_SLOTS = 16
_MAX_PLAIN_BYTES = 512 * 1024 * 1024
_LEVEL = 3


class TableListings:
    """Listings in an object store, under ``listings/<kind of table>/``."""

    def __init__(self, objects: ObjectStore) -> None:
        """Keep them in ``objects``."""
        self._objects = objects

    def put(self, table: str, version: int, rows: Mapping[str, object]) -> None:
        """Store the rows that ``table`` had at ``version``."""
        body = msgspec.json.encode((version, rows))
        self._objects.put(_key(table, version), zstandard.compress(body, _LEVEL))

    def get(self, table: str, version: int, row: type[Row]) -> Mapping[str, Row] | None:
        """Return the rows that ``table`` had at ``version``, None where that is not kept any more.

        Raises StoreError where the object cannot be read.
        """
        body = self._objects.get(_key(table, version))
        if body is None:
            return None
        try:
            plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_PLAIN_BYTES)
            found, rows = msgspec.json.decode(plain, type=tuple[int, dict[str, row]])  # type: ignore[valid-type] # a value here
        except (zstandard.ZstdError, msgspec.MsgspecError) as error:
            raise StoreError(f"the listing of {table} cannot be read: {error}") from error
        return rows if found == version else None


def _key(table: str, version: int) -> str:
    kind, name = table.partition("#")[0].lower(), hashlib.sha256(table.encode()).hexdigest()[:32]
    return f"{PREFIX}/{kind}/{name}/{version % _SLOTS:02}"
