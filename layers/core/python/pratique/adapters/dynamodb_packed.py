"""Tables of many small rows, packed into few items of one partition and changed under optimistic locks.

A row of a count is a dozen bytes, and one image changes hundreds of rows in each of its scopes: as items of their own
they would cost several hundred write units each time.  Packed, they cost a write unit for each kilobyte of
compressed rows.

A table is one item, its *head*, until that grows; then its rows move into *parts* by a hash of their keys, and the
parts are split in two when one of them grows.  Head and parts carry the number of parts (``fanout``, 0 for a table
in its head) and a version, so no writer and no reader can mix two states.

A table with parts is read whole from a listing (`TableListings`), which whoever changed the table publishes
afterwards: reading it costs one head and one object, whatever the table has grown to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from pratique.adapters.dynamodb_items import Expression, Item
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Update, Write
from pratique.adapters.packed_items import (
    FIRST_FANOUT,
    HEAD,
    MAX_FANOUT,
    Chunk,
    PackedItems,
    Place,
    fanout_of,
    is_large,
    number_of,
    place_of,
    sort_of,
    version_of,
)
from pratique.adapters.table_listings import TableListings
from pratique.errors import Conflict, StoreError

Row = TypeVar("Row")

_CACHED_TABLES = 64
_TRIES = 6
_CHANGE_TRIES = 8
_PAUSE_SECONDS = 0.02


class PackedTables(Generic[Row]):
    """Every packed table with rows of one type in one DynamoDB table."""

    def __init__(
        self, table: DynamoTable, row: type[Row], *, listings: TableListings | None, fresh_seconds: float = 0.0
    ) -> None:
        """Keep tables of ``row`` in ``table``, and listings of the large ones in ``listings`` (None: keep none).

        A table that was read from its listing up to ``fresh_seconds`` ago is answered again as it was.
        """
        self._table = table
        self._row = row
        self._listings = listings
        self._fresh_seconds = fresh_seconds
        self._items = PackedItems(row)
        self._listed: dict[str, tuple[float, int, Mapping[str, Row]]] = {}
        self._nothing: Mapping[str, Row] = {}

    def fanouts(self, names: Iterable[str]) -> dict[str, int]:
        """Return the number of parts of each table; 0 for one that is its head alone or does not exist."""
        wanted = list(dict.fromkeys(names))
        heads = self._table.get_many(((name, HEAD) for name in wanted), consistent=True)
        return {name: fanout_of(heads.get((name, HEAD))) for name in wanted}

    def load(self, places: Iterable[Place]) -> dict[Place, Chunk[Row]]:
        """Return these chunks as they are now; one of another fanout says so in its place."""
        wanted = list(dict.fromkeys(places))
        items = self._table.get_many(((place.name, sort_of(place)) for place in wanted), consistent=True)
        return {place: self._items.chunk(place, items.get((place.name, sort_of(place)))) for place in wanted}

    def put(self, chunk: Chunk[Row], rows: Mapping[str, Row]) -> Put:
        """Return the write that replaces a chunk's rows if it is still what was read."""
        item = self._items.item(chunk.place, chunk.version + 1, rows)
        if not chunk.version:
            return Put(item, Expression("attribute_not_exists(#PK)"))
        same = {"version": chunk.version, "fanout": chunk.place.fanout}
        return Put(item, Expression("#version = :version AND #fanout = :fanout", same))

    def rows(self, name: str) -> Mapping[str, Row]:
        """Return a table whole, as it was published last: the same mapping again for as long as that is the same.

        Raises StoreError, to be tried again, where it kept being split.
        """
        return self.many([name])[name]

    def many(self, names: Iterable[str]) -> dict[str, Mapping[str, Row]]:
        """Return several tables whole, their heads read together."""
        now, wanted = time.monotonic(), list(dict.fromkeys(names))
        tables: dict[str, Mapping[str, Row]] = {}
        for name in wanted:
            listed = self._listed.get(name)
            if listed and now - listed[0] < self._fresh_seconds:
                tables[name] = listed[2]
        waiting = [name for name in wanted if name not in tables]
        heads = self._table.get_many((name, HEAD) for name in waiting)
        for name in waiting:
            tables[name] = self._from_head(name, heads.get((name, HEAD)))
        return tables

    def row(self, name: str, key: str) -> Row | None:
        """Return one row as it is now."""
        head = self._table.get((name, HEAD))
        fanout = fanout_of(head)
        if head is None or not fanout:
            return self._items.rows(head).get(key) if head else None
        part = self._table.get((name, sort_of(place_of(name, key, fanout))))
        return self._items.rows(part).get(key) if part and fanout_of(part) == fanout else self.current(name).get(key)

    def current(self, name: str) -> Mapping[str, Row]:
        """Return a table whole as it is now, whatever was published."""
        return self._current(name)[1]

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
            places = {key: place_of(name, key, fanout) for key in rules}
            chunks = self.load(places.values())
            if any(chunk.place != place for place, chunk in chunks.items()):
                continue  # split in between
            rows = {place: dict(chunk.rows) for place, chunk in chunks.items()}
            for key, rule in rules.items():
                row = rule(rows[places[key]].get(key))
                if row is not None:
                    rows[places[key]][key] = row
            before = {key: chunks[at].rows[key] for key, at in places.items() if key in chunks[at].rows}
            after = {key: rows[at][key] for key, at in places.items() if key in rows[at]}
            changed = [chunk for at, chunk in chunks.items() if rows[at] != chunk.rows]
            puts = [self.put(chunk, rows[chunk.place]) for chunk in changed]
            try:
                if puts:
                    self._table.transact([*puts, *beside(before, after)])
            except ConditionFailed:
                time.sleep(_PAUSE_SECONDS * attempt)
                continue
            if puts:
                self.written(puts, [rows[chunk.place] for chunk in changed])
                self.touch(name, fanout)
            return after
        raise Conflict(f"{name} kept being changed by other workers", retryable=True)

    def touch(self, name: str, fanout: int) -> None:
        """Note that a table changed, for `publish` with ``touched`` only; one without parts has no listing."""
        if not fanout:
            return
        at, split = (name, HEAD), Expression("#fanout > :none", {"none": 0})
        try:
            self._table.write(Update(at, Expression("ADD #changes :one", {"one": 1}), split))
        except ConditionFailed:
            return  # it has no parts any more

    def publish(self, names: Iterable[str], *, touched: bool = False) -> None:
        """Store a listing of each table that has parts and changed since its last one.

        With ``touched``, tables are passed over that were not touched since.
        """
        if self._listings is None:
            return
        wanted = list(dict.fromkeys(names))
        heads = self._table.get_many(((name, HEAD) for name in wanted), consistent=True)
        for name in wanted:
            head = heads.get((name, HEAD))
            if head is None or not fanout_of(head):
                continue
            if (
                touched
                and number_of(head, "listed")
                and number_of(head, "changes") == number_of(head, "listed_changes")
            ):
                continue
            version, rows = self._current(name)
            if version > number_of(head, "listed"):
                self._listings.put(name, version, rows)
                self._point_to(name, version, number_of(head, "changes"))

    def written(self, puts: Sequence[Put], rows: Sequence[Mapping[str, Row]]) -> None:
        """Follow puts that were carried out, of these rows each: keep the rows, and split tables that grew too large.

        Whoever writes a chunk often writes it again, and would have to unpack what it has just packed.
        """
        for put, there in zip(puts, rows, strict=True):
            self._items.keep(put.item, dict(sorted(there.items())))
        for name in {str(put.item["PK"]) for put in puts if is_large(put.item)}:
            self._split(name)

    def _point_to(self, name: str, version: int, changes: int) -> None:
        older = Expression(
            "#fanout > :none AND (attribute_not_exists(#listed) OR #listed < :version)",
            {"none": 0, "version": version},
        )
        listed = {"version": version, "changes": changes}
        change = Expression("SET #listed = :version, #listed_changes = :changes", listed)
        try:
            self._table.write(Update((name, HEAD), change, older))
        except ConditionFailed:
            return  # somebody published a newer state

    def _from_head(self, name: str, head: Item | None) -> Mapping[str, Row]:
        if head is None:
            return self._nothing
        if not fanout_of(head):
            return self._items.rows(head)
        version = number_of(head, "listed")
        known = self._listed.get(name)
        if known and known[1] == version:
            rows: Mapping[str, Row] | None = known[2]
        else:
            rows = self._listings.get(name, version, self._row) if self._listings and version else None
        if rows is None:
            version, rows = self._current(name)
            if known and known[1] == version:
                rows = known[2]
        if len(self._listed) >= _CACHED_TABLES:
            self._listed.pop(next(iter(self._listed)))
        self._listed[name] = (time.monotonic(), version, rows)
        return rows

    def _current(self, name: str) -> tuple[int, Mapping[str, Row]]:
        """Return version and rows of a table that are there now; the version grows with every change."""
        for _ in range(_TRIES):
            items = list(self._table.every(Expression("#PK = :name", {"name": name}), consistent=True))
            head = next((item for item in items if item["SK"] == HEAD), None)
            parts = [item for item in items if item["SK"] != HEAD]
            if head is None or not fanout_of(head):
                return (version_of(head), self._items.rows(head)) if head else (0, self._nothing)
            if {fanout_of(item) for item in parts} == {len(parts)} == {fanout_of(head)}:
                rows: dict[str, Row] = {}
                for item in parts:
                    rows |= self._items.rows(item)
                return sum(version_of(item) for item in parts), rows
        raise StoreError(f"{name} kept changing while it was read", retryable=True)

    def _split(self, name: str) -> None:
        head = self._table.get((name, HEAD))
        fanout = fanout_of(head)
        if head is None or 2 * fanout > MAX_FANOUT:
            return
        old = self.load([Place(name, number, fanout) for number in range(max(1, fanout))])
        if any(chunk.place.fanout != fanout for chunk in old.values()):
            return
        wider = 2 * fanout or FIRST_FANOUT
        version = max(chunk.version for chunk in old.values()) + 1
        parts: dict[Place, dict[str, Row]] = {Place(name, number, wider): {} for number in range(wider)}
        for chunk in old.values():
            for key, row in chunk.rows.items():
                parts[place_of(name, key, wider)][key] = row
        try:
            self._table.transact([*self._widened(head, wider), *self._parted(parts, old, version)])
        except ConditionFailed:
            return  # somebody wrote in between; the next write of a large chunk tries again

    def _widened(self, head: Item, fanout: int) -> Sequence[Write]:
        name, same = str(head["PK"]), {"fanout": fanout_of(head)}
        if same["fanout"]:
            wider = Expression("SET #fanout = :wider", {"wider": fanout})
            return [Update((name, HEAD), wider, Expression("#fanout = :fanout", same))]
        empty: Item = {"PK": name, "SK": HEAD, "version": version_of(head) + 1, "fanout": fanout}
        read = {**same, "version": version_of(head)}
        return [Put(empty, Expression("#fanout = :fanout AND #version = :version", read))]

    def _parted(
        self, parts: Mapping[Place, Mapping[str, Row]], old: Mapping[Place, Chunk[Row]], version: int
    ) -> Iterable[Write]:
        by_number = {chunk.place.number: chunk for chunk in old.values() if chunk.place.fanout}
        for place, rows in parts.items():
            before = by_number.get(place.number)
            condition = (
                Expression("#version = :version", {"version": before.version})
                if before
                else Expression("attribute_not_exists(#PK)")
            )
            yield Put(self._items.item(place, version, rows), condition)
