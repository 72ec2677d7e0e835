"""The counts in DynamoDB: packed tables of rows, moved in one transaction with the contributions they are made of."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_packed import PackedTables, Place
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Write
from pratique.errors import Conflict
from pratique.model.image import ImageId
from pratique.ports.counts import BANDS, Contribution, ContributionChange, CountDelta, Counted, CountRow, TableName
from pratique.services.contributions import deltas

_log = logging.getLogger(__name__)

PackedRow = tuple[int, int, tuple[int, ...]]
"""First and last time in seconds since 1970, and the images in each band."""

_ITEMS = 96
_TRIES = 8
_PAUSE_SECONDS = 0.02
_CACHED_TABLES = 64
_COUNTED = "COUNTED"
_TOMBSTONE_SECONDS = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class _Step:
    """Changes that go into one transaction."""

    changes: tuple[ContributionChange, ...]
    deltas: tuple[CountDelta, ...]
    places: frozenset[Place]


class DynamoCounts:
    """`CountIndex` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep counts in ``table``."""
        self._table = table
        self._packed: PackedTables[PackedRow] = PackedTables(table, tuple[int, int, tuple[int, ...]])
        self._read: dict[TableName, tuple[Mapping[str, PackedRow], Mapping[str, CountRow]]] = {}

    def counted(self, images: Iterable[ImageId]) -> Mapping[ImageId, Counted]:
        """Return the contributions that the counts hold."""
        wanted = {(f"IMG#{image}", _COUNTED): image for image in images}
        items = self._table.get_many(wanted, consistent=True)
        return {wanted[at]: _counted(item) for at, item in items.items()}

    def apply(self, changes: Sequence[ContributionChange]) -> None:
        """Apply the changes in as few transactions as they fit."""
        for step in self._steps(changes):
            self._carry_out(step)

    def rows(self, name: TableName) -> Mapping[str, CountRow]:
        """Return one table whole."""
        return self.rows_of([name])[name]

    def rows_of(self, names: Sequence[TableName]) -> Mapping[TableName, Mapping[str, CountRow]]:
        """Return several tables whole; small ones share their reads."""
        tables = self._packed.many(_partition(name) for name in names)
        return {name: self._unpacked(name, tables[_partition(name)]) for name in names}

    def _unpacked(self, name: TableName, packed: Mapping[str, PackedRow]) -> Mapping[str, CountRow]:
        """Return the rows of a table, the same again for as long as the table is the same."""
        cached = self._read.get(name)
        if cached and cached[0] is packed:
            return cached[1]
        width = len(BANDS[name.table])
        rows = {key: _unpacked(row, width) for key, row in packed.items()}
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
        width = len(BANDS[name.table])
        chunks = self._packed.load(self._packed.place(partition, key, fanout) for key in rows)
        changed = {place: dict(chunk.rows) for place, chunk in chunks.items()}
        for key, row in rows.items():
            there = changed[self._packed.place(partition, key, fanout)]
            if (_unpacked(there[key], width) if key in there else None) != expected.get(key):
                raise Conflict(f"{key} in {partition} changed while it was recounted", retryable=True)
            if row is None:
                there.pop(key, None)
            else:
                there[key] = _packed(row)
        try:
            self._table.transact([self._packed.put(chunks[place], there) for place, there in changed.items()])
        except ConditionFailed as error:
            raise Conflict(f"{partition} changed while it was recounted", retryable=True) from error

    def _steps(self, changes: Sequence[ContributionChange]) -> Iterator[_Step]:
        moved = [(change, tuple(deltas(change))) for change in changes]
        fanouts = self._packed.fanouts(_partition(delta.name) for _, several in moved for delta in several)
        step = _Step((), (), frozenset())
        for change, several in moved:
            places = frozenset(self._place(delta, fanouts) for delta in several) | step.places
            if step.changes and len(places) + len(step.changes) + 1 > _ITEMS:
                yield step
                places = frozenset(self._place(delta, fanouts) for delta in several)
                step = _Step((), (), frozenset())
            step = _Step((*step.changes, change), (*step.deltas, *several), places)
        if step.changes:
            yield step

    def _place(self, delta: CountDelta, fanouts: Mapping[str, int]) -> Place:
        partition = _partition(delta.name)
        return self._packed.place(partition, delta.key, fanouts[partition])

    def _carry_out(self, step: _Step) -> None:
        for attempt in range(_TRIES):
            fanouts = {place.name: place.fanout for place in step.places}
            chunks = self._packed.load(step.places)
            changed = {place: dict(chunk.rows) for place, chunk in chunks.items()}
            if any(chunk.place != place for place, chunk in chunks.items()):
                raise Conflict("a table of counts was split in between", retryable=True)
            for delta in step.deltas:
                _add(changed[self._place(delta, fanouts)], delta)
            counted: list[Write] = [_counted_put(change) for change in step.changes]
            puts = [self._packed.put(chunks[place], _drop_empty(rows)) for place, rows in changed.items()]
            try:
                self._table.transact([*counted, *puts])
            except ConditionFailed as error:
                if any(position < len(counted) for position in error.positions):
                    raise Conflict("an image was counted by another worker", retryable=True) from error
                time.sleep(_PAUSE_SECONDS * attempt)
            else:
                self._packed.split_if_large(puts)
                return
        raise Conflict("the same counts kept being changed by other workers", retryable=True)


def _partition(name: TableName) -> str:
    return f"COUNT#{name.table}#{name.scope}"


def _add(rows: dict[str, PackedRow], delta: CountDelta) -> None:
    width = len(BANDS[delta.name.table])
    seen = int(delta.seen.timestamp()) if delta.seen else 0
    first, last, bands = rows.get(delta.key, (seen, seen, (0,) * width))
    numbers = [*bands, *(0,) * (width - len(bands))]
    numbers[delta.band] += delta.images
    if numbers[delta.band] < 0:
        _log.error("a count fell below zero", extra={"row": delta.key, "scope": delta.name.scope})
        numbers[delta.band] = 0
    rows[delta.key] = (min(first, seen) if first and seen else first or seen, max(last, seen), tuple(numbers))


def _drop_empty(rows: Mapping[str, PackedRow]) -> dict[str, PackedRow]:
    return {key: row for key, row in rows.items() if any(row[2])}


def _unpacked(row: PackedRow, width: int) -> CountRow:
    """Return a stored row; one that was stored before a band was added has none in it."""
    first, last, bands = row
    return CountRow((*bands, *(0,) * (width - len(bands))), _moment(first), _moment(last))


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _packed(row: CountRow) -> PackedRow:
    first, last = (int(moment.timestamp()) if moment else 0 for moment in (row.first, row.last))
    return first, last, row.bands


def _counted(item: Item) -> Counted:
    version = item["version"]
    return Counted(version if isinstance(version, int) else 0, unpack(item["body"], Contribution))


def _counted_put(change: ContributionChange) -> Put:
    version = change.before.version if change.before else 0
    item: Item = {
        "PK": f"IMG#{change.image}",
        "SK": _COUNTED,
        "version": version + 1,
        "body": pack(change.after),
    }
    if not change.after.present:
        item["expires"] = int(time.time()) + _TOMBSTONE_SECONDS
    if not version:
        return Put(item, Expression("attribute_not_exists(#PK)"))
    return Put(item, Expression("#version = :version", {"version": version}))
