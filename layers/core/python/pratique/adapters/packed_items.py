"""The items of packed tables: where a row stands, and what an item holds."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec
import zstandard
from msgspec import Struct

from pratique.adapters.dynamodb_items import Item
from pratique.errors import StoreError

Row = TypeVar("Row")

HEAD = "HEAD"
FIRST_FANOUT = 4
MAX_FANOUT = 64
"""A split writes twice as many items in one transaction, of at most 100."""

HEAD_BYTES = 8 * 1024
PART_BYTES = 12 * 1024
_MAX_BYTES = 380 * 1024
_MAX_PLAIN_BYTES = 256 * 1024 * 1024
_CACHED_CHUNKS = 512
_LEVEL = 9


class Place(Struct, frozen=True):
    """One item of one table: a part, or the head where ``fanout`` is 0."""

    name: str
    number: int
    fanout: int


class Chunk(Struct, Generic[Row], frozen=True):
    """The rows of one item as it was read; ``version`` 0 is one that does not exist yet."""

    place: Place
    version: int
    rows: Mapping[str, Row]


def hash_of(key: str) -> int:
    """Return the number of which the low bits say where a row stands."""
    return zlib.crc32(key.encode())


def place_of(name: str, key: str, fanout: int) -> Place:
    """Return where a row of a table with ``fanout`` parts stands."""
    return Place(name, hash_of(key) % fanout if fanout else 0, fanout)


def sort_of(place: Place) -> str:
    """Return the sort key of an item."""
    return f"P{place.number:04}" if place.fanout else HEAD


def number_of(item: Item | None, name: str) -> int:
    """Return a number that an item holds, 0 where it holds none."""
    value = item.get(name, 0) if item else 0
    return value if isinstance(value, int) else 0


def version_of(item: Item | None) -> int:
    """Return an item's version."""
    return number_of(item, "version")


def fanout_of(item: Item | None) -> int:
    """Return the number of parts that an item's table has."""
    return number_of(item, "fanout")


def is_large(item: Item) -> bool:
    """Whether an item has grown beyond what it should hold."""
    body = item.get("body")
    return isinstance(body, bytes) and len(body) > (PART_BYTES if item["fanout"] else HEAD_BYTES)


class PackedItems(Generic[Row]):
    """Packs rows of one type into items and unpacks them."""

    def __init__(self, row: type[Row]) -> None:
        """Pack rows of type ``row``."""
        self._decoder = msgspec.json.Decoder(dict[str, row])  # type: ignore[valid-type] # the type is a value here
        self._cache: dict[tuple[str, str], tuple[int, Mapping[str, Row]]] = {}

    def item(self, place: Place, version: int, rows: Mapping[str, Row]) -> Item:
        """Return the item with these rows; raises StoreError where it were too large."""
        body = zstandard.compress(msgspec.json.encode(dict(sorted(rows.items()))), _LEVEL)
        if len(body) > _MAX_BYTES:
            raise StoreError(f"{place.name} has outgrown its {place.fanout} parts")
        return {"PK": place.name, "SK": sort_of(place), "version": version, "fanout": place.fanout, "body": body}

    def chunk(self, place: Place, item: Item | None) -> Chunk[Row]:
        """Return what was read at ``place``; its own place tells where the table has another fanout by now."""
        if item is None:
            return Chunk(place, 0, {})
        there = Place(place.name, place.number, fanout_of(item))
        return Chunk(there, version_of(item), self.rows(item) if there == place else {})

    def rows(self, item: Item) -> Mapping[str, Row]:
        """Return an item's rows; what was unpacked is kept by version, for most items change rarely."""
        at, version = (str(item["PK"]), str(item["SK"])), version_of(item)
        cached = self._cache.get(at)
        if cached and cached[0] == version:
            return cached[1]
        body = item["body"]
        if not isinstance(body, bytes):
            raise StoreError(f"{at[0]} has an item without rows")
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_PLAIN_BYTES)
        rows: Mapping[str, Row] = self._decoder.decode(plain)
        self.keep(item, rows)
        return rows

    def keep(self, item: Item, rows: Mapping[str, Row]) -> None:
        """Keep the rows of an item that is in the table, so that it need not be unpacked; nobody may change them."""
        at = (str(item["PK"]), str(item["SK"]))
        if len(self._cache) >= _CACHED_CHUNKS and at not in self._cache:
            self._cache.pop(next(iter(self._cache)))
        self._cache[at] = (version_of(item), rows)
