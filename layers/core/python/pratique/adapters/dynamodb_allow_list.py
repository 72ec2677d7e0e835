"""The allow-list in the index table: one item for each entry, removed ones too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import structs

from pratique.adapters.dynamodb_finding_items import moment, moment_text
from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Update
from pratique.model.allow_list import AllowListEntry, EntryState

_PARTITION = "CFG#allow"


class DynamoAllowList:
    """`AllowList` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep entries in ``table``."""
        self._table = table

    def entries(self) -> tuple[AllowListEntry, ...]:
        """Return every entry, newest first: ids sort by the time they were made at."""
        return tuple(sorted(map(_entry, self._items()), key=lambda entry: entry.id, reverse=True))

    def get(self, entry_id: str) -> AllowListEntry | None:
        """Return one entry, or None."""
        item = self._table.get((_PARTITION, entry_id))
        return _entry(item) if item else None

    def add(self, entry: AllowListEntry) -> bool:
        """Store a new entry."""
        item: Item = {"PK": _PARTITION, "SK": entry.id, "body": pack(entry)}
        try:
            self._table.write(Put(item, Expression("attribute_not_exists(#PK)")))
        except ConditionFailed:
            return False
        return True

    def remove(self, entry_id: str, *, by: str, now: datetime) -> AllowListEntry | None:
        """Mark an entry as removed."""
        entry = self.get(entry_id)
        if entry is None or entry.removed_at is not None:
            return entry
        removed = structs.replace(entry, removed_by=by, removed_at=now)
        change = Expression("SET #body = :body, #removed = :yes", {"body": pack(removed), "yes": True})
        first = Expression("attribute_exists(#PK) AND attribute_not_exists(#removed)")
        try:
            self._table.write(Update((_PARTITION, entry_id), change, first))
        except ConditionFailed:
            return self.get(entry_id)
        return removed

    def judged(self, entry_id: str, state: EntryState, at: datetime) -> None:
        """Record the state that images were judged in."""
        change = Expression("SET #state = :state, #judged = :at", {"state": state.value, "at": moment_text(at)})
        self._table.write(Update((_PARTITION, entry_id), change, Expression("attribute_exists(#PK)")))

    def waiting(self, now: datetime, *, margin_seconds: int) -> tuple[AllowListEntry, ...]:
        """Return the entries that images must be judged with."""
        margin = timedelta(seconds=margin_seconds)
        items = ((item, _entry(item)) for item in self._items())
        return tuple(entry for item, entry in items if not _is_settled(item, entry, now, margin))

    def _items(self) -> Iterator[Item]:
        return self._table.every(Expression("#PK = :list", {"list": _PARTITION}), consistent=True)


def _entry(item: Item) -> AllowListEntry:
    return unpack(item["body"], AllowListEntry)


def _is_settled(item: Item, entry: AllowListEntry, now: datetime, margin: timedelta) -> bool:
    state, judged = entry.state(now), moment(item.get("judged"))
    changed = {EntryState.REMOVED: entry.removed_at, EntryState.EXPIRED: entry.expires}.get(state) or entry.added_at
    if judged is None:
        return False
    return item.get("state") == state.value and judged >= changed + margin
