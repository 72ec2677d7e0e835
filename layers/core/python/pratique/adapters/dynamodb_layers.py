"""Leases on layers in DynamoDB: one item per layer and analyzer version."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pratique.adapters.dynamodb_items import Expression, Item, Key
from pratique.adapters.dynamodb_table import ConditionFailed, Delete, DynamoTable, Put, Update
from pratique.errors import StoreError
from pratique.model.digest import DiffId
from pratique.ports.layers import AlreadyRead, Claim, Claimed, HeldElsewhere

_TRIES = 5
_SWEEP = "sweep"
_REMOVAL = timedelta(minutes=10)
_NEWEST = ("LAYER#newest", "ANALYZER")
_REASON_CHARACTERS = 1000
_FREE = Expression(
    "attribute_not_exists(#report_key) AND (attribute_not_exists(#owner) OR #owner = :owner OR #until <= :now)"
)


class DynamoLayerLeases:
    """`LayerLeases` on the findings table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep leases in ``table``."""
        self._table = table
        self._newest = ""

    def claim(self, diff_id: DiffId, analyzer: str, owner: str, now: datetime, seconds: int) -> Claim:
        """Take the lease by one conditional write; the loser reads why."""
        until = now + timedelta(seconds=seconds)
        take = Expression(
            "SET #owner = :owner, #until = :until REMOVE #reason", {"owner": owner, "until": _milliseconds(until)}
        )
        free = Expression(_FREE.text, {"owner": owner, "now": _milliseconds(now)})
        for _ in range(_TRIES):
            try:
                self._table.write(Update(_key(diff_id, analyzer), take, free))
            except ConditionFailed:
                item = self._table.get(_key(diff_id, analyzer)) or {}
                claim = _claim_of(item)
                if claim is not None:
                    return claim
            else:
                return Claimed(until)
        raise StoreError("a layer's lease kept changing hands", layer=diff_id, retryable=True)

    def finish(self, diff_id: DiffId, analyzer: str, owner: str, report_key: str) -> None:
        """Record the report.  Whoever stored it may say so: a report is the same whoever read the layer."""
        change = Expression(
            "SET #report_key = :report_key, #read_by = :owner REMOVE #owner, #until",
            {"report_key": report_key, "owner": owner},
        )
        self._table.write(Update(_key(diff_id, analyzer), change))
        if self._newest != analyzer:
            self._table.write(Put({"PK": _NEWEST[0], "SK": _NEWEST[1], "analyzer": analyzer}))
            self._newest = analyzer

    def read(self, diff_ids: Sequence[DiffId]) -> frozenset[DiffId]:
        """Ask for the newest analyzer, then for its entries."""
        newest = str((self._table.get(_NEWEST) or {}).get("analyzer", ""))
        return self.read_by(newest, diff_ids)

    def read_by(self, analyzer: str, diff_ids: Sequence[DiffId]) -> frozenset[DiffId]:
        """Ask for the analyzer's entries."""
        keys = {_key(diff_id, analyzer): diff_id for diff_id in diff_ids}
        found = self._table.get_many(keys)
        return frozenset(keys[key] for key, item in found.items() if "report_key" in item)

    def begin_removal(self, diff_id: DiffId, analyzer: str, now: datetime) -> bool:
        """Turn the record of a report into a lease of some minutes, or find that a report is being made."""
        until = _milliseconds(now + _REMOVAL)
        change = Expression(
            "SET #owner = :owner, #until = :until REMOVE #report_key", {"owner": _SWEEP, "until": until}
        )
        free = Expression(
            "attribute_exists(#report_key) OR attribute_not_exists(#PK) OR #owner = :owner", {"owner": _SWEEP}
        )
        try:
            self._table.write(Update(_key(diff_id, analyzer), change, free))
        except ConditionFailed:
            return False
        return True

    def removed(self, diff_id: DiffId, analyzer: str) -> None:
        """Remove the record unless another worker took over since."""
        with contextlib.suppress(ConditionFailed):
            own = Expression("#owner = :owner", {"owner": _SWEEP})
            self._table.write(Delete(_key(diff_id, analyzer), own))

    def release(self, diff_id: DiffId, analyzer: str, owner: str, reason: str) -> None:
        """Give the lease back."""
        change = Expression("SET #reason = :reason REMOVE #owner, #until", {"reason": reason[:_REASON_CHARACTERS]})
        try:
            self._table.write(Update(_key(diff_id, analyzer), change, Expression("#owner = :owner", {"owner": owner})))
        except ConditionFailed:
            return


def _key(diff_id: DiffId, analyzer: str) -> Key:
    return f"LAYER#{diff_id}", f"A#{analyzer}"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _claim_of(item: Item) -> Claim | None:
    """Return what stands in the way of a claim; None where it went away since."""
    if "report_key" in item:
        return AlreadyRead(str(item["report_key"]))
    until = item.get("until")
    return HeldElsewhere(datetime.fromtimestamp(until / 1000, UTC)) if isinstance(until, int) else None
