"""Tables of many small rows, packed into few items of one partition and changed under optimistic locks.

A row of a count is a dozen bytes, and one image changes hundreds of rows in each of its scopes: as items of their own
they would cost several hundred write units each time.  Packed, they cost a write unit for each kilobyte
of compressed rows.  A table begins as one chunk and is split in two when a chunk grows; every chunk carries the
number of chunks (``fanout``) and a version, so no writer and no reader can mix two states.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
import zstandard

from pratique.adapters.dynamodb_items import Expression, Item
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Write
from pratique.errors import Conflict, StoreError

Row = TypeVar("Row")

COUNTS_FANOUT = 16
"""Four scopes' tables of one image fit one transaction of 100 items with this."""

_SPLIT_BYTES = 24 * 1024
_MAX_BYTES = 380 * 1024
_MAX_PLAIN_BYTES = 256 * 1024 * 1024
_CACHED_CHUNKS = 512
_CACHED_TABLES = 32
_TRIES = 6
_CHANGE_TRIES = 8
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Place:
    """One chunk of one table."""

    name: str
    number: int
    fanout: int


@dataclass(frozen=True, slots=True)
class Chunk(Generic[Row]):
    """One chunk as it was read; ``version`` 0 is one that does not exist yet."""

    place: Place
    version: int
    rows: Mapping[str, Row]


class PackedTables(Generic[Row]):
    """Every packed table with rows of one type in one DynamoDB table."""

    def __init__(self, table: DynamoTable, row: type[Row], *, max_fanout: int = COUNTS_FANOUT) -> None:
        """Keep tables of ``row`` in ``table``, of at most ``max_fanout`` chunks (a power of two, at most 64) each."""
        self._table = table
        self._max_fanout = max_fanout
        self._decoder = msgspec.json.Decoder(dict[str, row])  # type: ignore[valid-type] # the type is a value here
        self._cache: dict[tuple[str, str], tuple[int, Mapping[str, Row]]] = {}
        self._wholes: dict[str, tuple[tuple[int, ...], Mapping[str, Row]]] = {}

    def fanouts(self, names: Iterable[str]) -> dict[str, int]:
        """Return the number of chunks of each table; a table that does not exist has one."""
        wanted = list(dict.fromkeys(names))
        items = self._table.get_many(((name, _sort(0)) for name in wanted), consistent=True)
        return {name: _fanout(items.get((name, _sort(0)))) for name in wanted}

    def place(self, name: str, key: str, fanout: int) -> Place:
        """Return where a row stands."""
        return Place(name, zlib.crc32(key.encode()) % fanout, fanout)

    def load(self, places: Iterable[Place]) -> dict[Place, Chunk[Row]]:
        """Return these chunks as they are now."""
        wanted = list(dict.fromkeys(places))
        items = self._table.get_many(((place.name, _sort(place.number)) for place in wanted), consistent=True)
        return {place: self._chunk(place, items.get((place.name, _sort(place.number)))) for place in wanted}

    def put(self, chunk: Chunk[Row], rows: Mapping[str, Row]) -> Put:
        """Return the write that replaces a chunk's rows if it is still what was read."""
        item = self._item(chunk.place, chunk.version + 1, rows)
        if not chunk.version:
            return Put(item, Expression("attribute_not_exists(#PK)"))
        same = {"version": chunk.version, "fanout": chunk.place.fanout}
        return Put(item, Expression("#version = :version AND #fanout = :fanout", same))

    def rows(self, name: str) -> Mapping[str, Row]:
        """Return a table whole: the same mapping again for as long as nothing in it changed.

        Raises StoreError, to be tried again, where it kept being split.
        """
        for attempt in range(_TRIES):
            # A reader may be a moment behind; only one that met a table being split asks for the latest state.
            every = self._table.every(Expression("#PK = :name", {"name": name}), consistent=attempt > 0)
            items = list(every)
            fanouts = {_fanout(item) for item in items} or {0}
            if fanouts == {len(items)}:
                return self._whole(name, items)
        raise StoreError(f"{name} kept changing while it was read", retryable=True)

    def many(self, names: Iterable[str]) -> dict[str, Mapping[str, Row]]:
        """Return several tables whole; those of one chunk are read together."""
        wanted = list(dict.fromkeys(names))
        if len(wanted) == 1:
            return {wanted[0]: self.rows(wanted[0])}
        items = self._table.get_many((name, _sort(0)) for name in wanted)
        tables: dict[str, Mapping[str, Row]] = {}
        for name in wanted:
            item = items.get((name, _sort(0)))
            small = item is None or _fanout(item) == 1
            tables[name] = self._whole(name, [item] if item else []) if small else self.rows(name)
        return tables

    def change(
        self,
        name: str,
        rules: Mapping[str, Callable[[Row | None], Row | None]],
        *,
        beside: Callable[[Mapping[str, Row], Mapping[str, Row]], Sequence[Write]] = lambda _before, _after: (),
    ) -> Mapping[str, Row]:
        """Replace rows of one table by rules (None: leave it as it is) and return those there are afterwards.

        ``beside`` returns the items that are written in the same transaction, from the rows before and after.
        Raises Conflict where others kept changing the table; what a rule raises comes through, and nothing is changed.
        """
        for attempt in range(_CHANGE_TRIES):
            fanout = self.fanouts([name])[name]
            places = {key: self.place(name, key, fanout) for key in rules}
            chunks = self.load(places.values())
            rows = {place: dict(chunk.rows) for place, chunk in chunks.items()}
            for key, rule in rules.items():
                row = rule(rows[places[key]].get(key))
                if row is not None:
                    rows[places[key]][key] = row
            before = {key: chunks[at].rows[key] for key, at in places.items() if key in chunks[at].rows}
            after = {key: rows[at][key] for key, at in places.items() if key in rows[at]}
            puts = [self.put(chunk, rows[at]) for at, chunk in chunks.items() if rows[at] != chunk.rows]
            try:
                if puts:
                    self._table.transact([*puts, *beside(before, after)])
            except ConditionFailed:
                time.sleep(_PAUSE_SECONDS * attempt)
                continue
            self.split_if_large(puts)
            return after
        raise Conflict(f"{name} kept being changed by other workers", retryable=True)

    def split_if_large(self, puts: Iterable[Write]) -> None:
        """Split the tables of chunks that have just been written and have grown too large."""
        names = {
            str(write.item["PK"])
            for write in puts
            if isinstance(write, Put) and isinstance(body := write.item.get("body"), bytes) and len(body) > _SPLIT_BYTES
        }
        for name in names:
            self._split(name)

    def _whole(self, name: str, items: Sequence[Item]) -> Mapping[str, Row]:
        if len(items) == 1:
            return self._rows(items[0])
        versions = tuple(_version(item) for item in items)
        cached = self._wholes.get(name)
        if cached and cached[0] == versions:
            return cached[1]
        rows: dict[str, Row] = {}
        for item in items:
            rows |= self._rows(item)
        if len(self._wholes) >= _CACHED_TABLES:
            self._wholes.pop(next(iter(self._wholes)))
        self._wholes[name] = (versions, rows)
        return rows

    def _split(self, name: str) -> None:
        fanout = self.fanouts([name])[name]
        if fanout >= self._max_fanout:
            return
        chunks = self.load(Place(name, number, fanout) for number in range(fanout))
        version = max(chunk.version for chunk in chunks.values())
        parts: dict[Place, dict[str, Row]] = {Place(name, number, 2 * fanout): {} for number in range(2 * fanout)}
        for chunk in chunks.values():
            for key, row in chunk.rows.items():
                parts[self.place(name, key, 2 * fanout)][key] = row
        writes = []
        for place, rows in parts.items():
            old = chunks.get(Place(name, place.number, fanout))
            condition = (
                Expression("#version = :version", {"version": old.version})
                if old
                else Expression("attribute_not_exists(#PK)")
            )
            writes.append(Put(self._item(place, version + 1, rows), condition))
        try:
            self._table.transact(writes)
        except ConditionFailed:
            return  # somebody wrote in between; the next write of a large chunk tries again

    def _chunk(self, place: Place, item: Item | None) -> Chunk[Row]:
        if item is None:
            return Chunk(place, 0, {})
        return Chunk(Place(place.name, place.number, _fanout(item)), _version(item), self._rows(item))

    def _item(self, place: Place, version: int, rows: Mapping[str, Row]) -> Item:
        body = zstandard.compress(msgspec.json.encode(dict(sorted(rows.items()))), 9)
        if len(body) > _MAX_BYTES:
            raise StoreError(f"{place.name} has outgrown its {place.fanout} chunks")
        return {"PK": place.name, "SK": _sort(place.number), "version": version, "fanout": place.fanout, "body": body}

    def _rows(self, item: Item) -> Mapping[str, Row]:
        """Return an item's rows; decoding is kept by version, for most chunks change rarely."""
        at, version = (str(item["PK"]), str(item["SK"])), _version(item)
        cached = self._cache.get(at)
        if cached and cached[0] == version:
            return cached[1]
        body = item["body"]
        if not isinstance(body, bytes):
            raise StoreError(f"{at[0]} has a chunk without rows")
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_PLAIN_BYTES)
        rows: Mapping[str, Row] = self._decoder.decode(plain)
        if len(self._cache) >= _CACHED_CHUNKS:
            self._cache.pop(next(iter(self._cache)))
        self._cache[at] = (version, rows)
        return rows


def _sort(number: int) -> str:
    return f"{number:04}"


def _version(item: Item) -> int:
    version = item["version"]
    return version if isinstance(version, int) else 0


def _fanout(item: Item | None) -> int:
    fanout = item["fanout"] if item else 1
    return fanout if isinstance(fanout, int) else 1
