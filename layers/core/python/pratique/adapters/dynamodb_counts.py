"""The counts in DynamoDB: packed tables of rows, moved in one transaction with the contributions they are made of."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pratique.adapters.count_moves import Move, bits
from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_packed import PackedTables
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Write
from pratique.adapters.packed_items import Place, place_of
from pratique.adapters.table_listings import TableListings
from pratique.errors import Conflict, StoreError
from pratique.model.image import ImageId
from pratique.ports.counts import Contribution, ContributionChange, CountDelta, Counted, CountRow, TableName

_log = logging.getLogger(__name__)

PackedRow = tuple[int, int, tuple[int, ...]]
"""First and last time in seconds since 1970, and each band that has images, followed by their number."""

_ITEMS = 96
_BYTES = 3_500_000
_TRIES = 8
_PAUSE_SECONDS = 0.02
_CACHED_TABLES = 64
_COUNTED = "COUNTED"
_TOMBSTONE_SECONDS = 90 * 24 * 3600


class DynamoCounts:
    """`CountIndex` on the index table."""

    def __init__(
        self, table: DynamoTable, *, listings: TableListings | None = None, fresh_seconds: float = 0.0
    ) -> None:
        """Keep counts in ``table``, and listings of large tables of counts in ``listings``.

        A large table that was read up to ``fresh_seconds`` ago is answered again.
        """
        self._table = table
        self._packed: PackedTables[PackedRow] = PackedTables(
            table, tuple[int, int, tuple[int, ...]], listings=listings, fresh_seconds=fresh_seconds
        )
        self._read: dict[TableName, tuple[Mapping[str, PackedRow], Mapping[str, CountRow]]] = {}

    def counted(self, images: Iterable[ImageId]) -> Mapping[ImageId, Counted]:
        """Return the contributions that the counts hold."""
        wanted = {(f"IMG#{image}", _COUNTED): image for image in images}
        items = self._table.get_many(wanted, consistent=True)
        return {wanted[at]: _counted(item) for at, item in items.items()}

    def apply(self, changes: Sequence[ContributionChange]) -> None:
        """Apply the changes in as few transactions as they fit."""
        self._make(tuple(Move.of(change) for change in changes), bits())

    def publish(self, names: Iterable[TableName]) -> None:
        """Store listings of those tables that are large."""
        self._packed.publish(_partition(name) for name in names)

    def rows(self, name: TableName) -> Mapping[str, CountRow]:
        """Return one table whole, as it was published last."""
        return self.rows_of([name])[name]

    def rows_of(self, names: Sequence[TableName]) -> Mapping[TableName, Mapping[str, CountRow]]:
        """Return several tables whole; small ones share their reads."""
        tables = self._packed.many(_partition(name) for name in names)
        return {name: self._unpacked(name, tables[_partition(name)]) for name in names}

    def row(self, name: TableName, key: str) -> CountRow | None:
        """Return one row as it is now."""
        row = self._packed.row(_partition(name), key)
        return _unpacked(row) if row else None

    def current(self, name: TableName) -> Mapping[str, CountRow]:
        """Return one table whole as it is now."""
        return {key: _unpacked(row) for key, row in self._packed.current(_partition(name)).items()}

    def _unpacked(self, name: TableName, packed: Mapping[str, PackedRow]) -> Mapping[str, CountRow]:
        """Return the rows of a table, the same again for as long as the table is the same."""
        cached = self._read.get(name)
        if cached and cached[0] is packed:
            return cached[1]
        rows = {key: _unpacked(row) for key, row in packed.items()}
        if len(self._read) >= _CACHED_TABLES:
            self._read.pop(next(iter(self._read)))
        self._read[name] = (packed, rows)
        return rows

    def correct(
        self, name: TableName, rows: Mapping[str, CountRow | None], expected: Mapping[str, CountRow | None]
    ) -> None:
        """Replace wrong rows."""
        partition = _partition(name)
        fanout = self._packed.fanouts([partition])[partition]
        chunks = self._packed.load(place_of(partition, key, fanout) for key in rows)
        changed = {place: dict(chunk.rows) for place, chunk in chunks.items()}
        for key, row in rows.items():
            there = changed[place_of(partition, key, fanout)]
            if (_unpacked(there[key]) if key in there else None) != expected.get(key):
                raise Conflict(f"{key} in {partition} changed while it was recounted", retryable=True)
            if row is None:
                there.pop(key, None)
            else:
                there[key] = _packed(row)
        puts = [self._packed.put(chunks[place], after) for place, after in changed.items()]
        try:
            self._table.transact(puts)
        except ConditionFailed as error:
            raise Conflict(f"{partition} changed while it was recounted", retryable=True) from error
        self._packed.written(puts, list(changed.values()))

    def _make(self, moves: tuple[Move, ...], left: range) -> tuple[Counted, ...]:
        """Make the moves, by halves where they do not fit one transaction, and return what is counted then.

        ``left`` are the bits to halve rows by.
        """
        fanouts = self._packed.fanouts(_partition(delta.name) for move in moves for delta in move.deltas)
        places = {_place(delta, fanouts) for move in moves for delta in move.deltas}
        if len(places) + len(moves) <= _ITEMS and self._make_at_once(moves, places, fanouts):
            return tuple(_counted_after(move.change) for move in moves)
        alone = len(moves) + sum(not place.fanout for place in places)
        if len(moves) > 1 and (alone > _ITEMS // 2 or not left):
            # Images that stand in many small tables share few items: nothing is lost by parting them.
            middle = len(moves) // 2
            return self._make(moves[:middle], left) + self._make(moves[middle:], left)
        if not left:
            raise StoreError("a change of one row does not fit a transaction")
        held = self._make(tuple(move.first_half(left[0]) for move in moves), left[1:])
        rest = (move.second_half(left[0], counted) for move, counted in zip(moves, held, strict=True))
        return self._make(tuple(rest), left[1:])

    def _make_at_once(self, moves: Sequence[Move], places: Iterable[Place], fanouts: Mapping[str, int]) -> bool:
        """Make the moves in one transaction; return False where that would be too large for one."""
        for attempt in range(_TRIES):
            chunks = self._packed.load(places)
            if any(chunk.place != place for place, chunk in chunks.items()):
                raise Conflict("a table of counts was split in between", retryable=True)
            changed = {place: dict(chunk.rows) for place, chunk in chunks.items()}
            for delta in itertools.chain.from_iterable(move.deltas for move in moves):
                _add(changed[_place(delta, fanouts)], delta)
            counted: list[Write] = [_counted_put(move.change) for move in moves]
            after = {place: _drop_empty(rows) for place, rows in changed.items()}
            puts = [self._packed.put(chunks[place], rows) for place, rows in after.items()]
            writes = [*counted, *puts]
            if len(writes) > 1 and sum(_bytes(write) for write in writes) > _BYTES:
                return False
            try:
                self._table.transact(writes)
            except ConditionFailed as error:
                if any(position < len(counted) for position in error.positions):
                    raise Conflict("an image was counted by another worker", retryable=True) from error
                time.sleep(_PAUSE_SECONDS * attempt)
            else:
                self._packed.written(puts, list(after.values()))
                return True
        raise Conflict("the same counts kept being changed by other workers", retryable=True)


def _partition(name: TableName) -> str:
    return f"COUNT#{name.table}#{name.scope}"


def _place(delta: CountDelta, fanouts: Mapping[str, int]) -> Place:
    partition = _partition(delta.name)
    return place_of(partition, delta.key, fanouts[partition])


def _bytes(write: Write) -> int:
    body = write.item.get("body") if isinstance(write, Put) else None
    return len(body) if isinstance(body, bytes) else 0


def _add(rows: dict[str, PackedRow], delta: CountDelta) -> None:
    seen = int(delta.seen.timestamp()) if delta.seen else 0
    first, last, flat = rows.get(delta.key, (seen, seen, ()))
    bands = _bands(flat)
    number = bands.pop(delta.band, 0) + delta.images
    if number < 0:
        _log.error("a count fell below zero", extra={"row": delta.key, "scope": delta.name.scope})
    if number > 0:
        bands[delta.band] = number
    rows[delta.key] = (min(first, seen) if first and seen else first or seen, max(last, seen), _flat(bands))


def _bands(flat: Sequence[int]) -> dict[int, int]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _flat(bands: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(itertools.chain.from_iterable(sorted(bands.items())))


def _drop_empty(rows: Mapping[str, PackedRow]) -> dict[str, PackedRow]:
    return {key: row for key, row in rows.items() if row[2]}


def _unpacked(row: PackedRow) -> CountRow:
    first, last, flat = row
    return CountRow(_bands(flat), _moment(first), _moment(last))


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _packed(row: CountRow) -> PackedRow:
    first, last = (int(moment.timestamp()) if moment else 0 for moment in (row.first, row.last))
    return first, last, _flat({band: number for band, number in row.bands.items() if number})


def _counted(item: Item) -> Counted:
    version = item["version"]
    return Counted(version if isinstance(version, int) else 0, unpack(item["body"], Contribution))


def _counted_after(change: ContributionChange) -> Counted:
    return Counted(change.before.version + 1 if change.before else 1, change.after)


def _counted_put(change: ContributionChange) -> Put:
    after = _counted_after(change)
    item: Item = {
        "PK": f"IMG#{change.image}",
        "SK": _COUNTED,
        "version": after.version,
        "body": pack(after.contribution),
    }
    if not change.after.present:
        item["expires"] = int(time.time()) + _TOMBSTONE_SECONDS
    if change.before is None:
        return Put(item, Expression("attribute_not_exists(#PK)"))
    return Put(item, Expression("#version = :version", {"version": change.before.version}))
