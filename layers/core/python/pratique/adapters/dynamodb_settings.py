"""The settings record in DynamoDB, with a history of who changed what, and the schedule's last start."""

from __future__ import annotations

from datetime import datetime

from pratique.adapters.dynamodb_finding_items import moment, moment_text
from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put
from pratique.errors import Conflict, StoreError
from pratique.model.settings import Settings
from pratique.ports.scans import SettingsChange

_PARTITION = "CFG#settings"
_CURRENT = "CURRENT"
_SCHEDULE = ("CFG#schedule", "LAST")
_NEW = Expression("attribute_not_exists(#PK)")


class DynamoSettings:
    """`SettingsStore` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep settings in ``table``."""
        self._table = table

    def get(self) -> tuple[Settings, int]:
        """Return the settings and their version."""
        item = self._table.get((_PARTITION, _CURRENT))
        if item is None:
            return Settings(), 0
        version = item["version"]
        return unpack(item["body"], Settings), version if isinstance(version, int) else 0

    def put(self, settings: Settings, *, expected_version: int, by: str, now: datetime) -> int:
        """Store settings and their entry in the history together; raises Conflict."""
        version = expected_version + 1
        body = pack(settings)
        current: Item = {"PK": _PARTITION, "SK": _CURRENT, "version": version, "body": body}
        history: Item = {"PK": _PARTITION, "SK": f"H#{version:08}", "by": by, "at": moment_text(now), "body": body}
        expected = Expression("#version = :version", {"version": expected_version}) if expected_version else _NEW
        try:
            self._table.transact([Put(current, expected), Put(history)])
        except ConditionFailed as error:
            raise Conflict(f"the settings are not at version {expected_version} any more") from error
        return version

    def history(self, *, before: int, limit: int) -> tuple[SettingsChange, ...]:
        """Read the history backwards."""
        within = {"part": _PARTITION, "first": "H#", "last": f"H#{max(0, before - 1):08}" if before else "H$"}
        condition = Expression("#PK = :part AND #SK BETWEEN :first AND :last", within)
        items, _ = self._table.page(condition, limit=limit, backwards=True, consistent=True)
        return tuple(_change(item) for item in items)

    def last_start(self) -> datetime | None:
        """Return the moment of the last scheduled scan that was claimed."""
        item = self._table.get(_SCHEDULE)
        return moment(item.get("moment")) if item else None

    def claim_start(self, moment: datetime, *, previous: datetime | None) -> bool:
        """Record a start unless somebody else did since ``previous``."""
        partition, sort = _SCHEDULE
        item: Item = {"PK": partition, "SK": sort, "moment": moment_text(moment)}
        expected = Expression("#moment = :previous", {"previous": moment_text(previous)}) if previous else _NEW
        try:
            self._table.write(Put(item, expected))
        except ConditionFailed:
            return False
        return True


def _change(item: Item) -> SettingsChange:
    at = moment(item.get("at"))
    if at is None:
        raise StoreError("a change of the settings has no time")
    version = int(str(item["SK"]).removeprefix("H#"))
    return SettingsChange(version, unpack(item["body"], Settings), str(item.get("by", "")), at)
