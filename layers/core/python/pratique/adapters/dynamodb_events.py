"""The outbox of events in DynamoDB: one item per event in the findings table, whose stream has it sent.

An event of an assessment is written in the transaction that makes the assessment visible (`outbox_put`), so neither is
there without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from pratique.adapters.dynamodb_finding_items import META, moment, moment_text
from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Update
from pratique.errors import StoreError
from pratique.ports.events import Event, EventKind

PREFIX = "EVENT#"
_KEPT_DAYS = 30
_NEW = Expression("attribute_not_exists(#PK)")


class _Body(msgspec.Struct, frozen=True):
    about: tuple[str, ...]
    detail: dict[str, object]


def outbox_put(event: Event, now: datetime) -> Put:
    """Return the write that records an event, whatever was there."""
    item: Item = {
        "PK": f"{PREFIX}{event.id}",
        "SK": META,
        "kind": event.kind.value,
        "at": moment_text(event.at),
        "body": pack(_Body(event.about, dict(event.detail))),
        "expires": int((now + timedelta(days=_KEPT_DAYS)).timestamp()),
    }
    return Put(item)


class DynamoEvents:
    """`EventOutbox` on the findings table; an event is forgotten 30 days after it was recorded."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep events in ``table``."""
        self._table = table

    def record(self, events: Sequence[Event], now: datetime) -> int:
        """Write each event unless its id exists."""
        new = 0
        for event in events:
            try:
                self._table.write(Put(outbox_put(event, now).item, _NEW))
            except ConditionFailed:
                continue
            new += 1
        return new

    def unsent(self, ids: Sequence[str]) -> tuple[Event, ...]:
        """Read consistently: an event that was just sent must not be sent by another worker."""
        keys = [(f"{PREFIX}{identifier}", META) for identifier in dict.fromkeys(ids)]
        found = self._table.get_many(keys, consistent=True)
        return tuple(_event(found[key]) for key in keys if key in found and "sent" not in found[key])

    def sent(self, ids: Sequence[str], now: datetime) -> None:
        """Mark events; one that has expired meanwhile stays away."""
        mark = Expression("SET #sent = :now", {"now": moment_text(now)})
        for identifier in ids:
            try:
                self._table.write(Update((f"{PREFIX}{identifier}", META), mark, Expression("attribute_exists(#PK)")))
            except ConditionFailed:
                continue


def _event(item: Item) -> Event:
    at, body = moment(item.get("at")), unpack(item.get("body"), _Body)
    if at is None:
        raise StoreError("an event has no time")
    identifier = str(item["PK"]).removeprefix(PREFIX)
    return Event(identifier, EventKind(str(item["kind"])), at, body.about, body.detail)
