"""The audit list in DynamoDB: one partition for each month, records by their ids, removed by TTL."""

from __future__ import annotations

from datetime import datetime, timedelta

from pratique.adapters.dynamodb_finding_items import moment_text
from pratique.adapters.dynamodb_items import Expression, Item, Value, pack, unpack
from pratique.adapters.dynamodb_table import DynamoTable, Put
from pratique.adapters.months import months_back
from pratique.ports.audit import KEPT_DAYS, AuditPage, AuditRecord


class DynamoAudit:
    """`AuditLog` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep the list in ``table``."""
        self._table = table

    def put(self, record: AuditRecord) -> None:
        """Store a record."""
        item: Item = {
            "PK": f"AUDIT#{moment_text(record.at)[:7]}",
            "SK": record.id,
            "body": pack(record),
            "expires": int((record.at + timedelta(days=KEPT_DAYS)).timestamp()),
        }
        self._table.write(Put(item))

    def page(self, *, after: str, limit: int, now: datetime) -> AuditPage:
        """Return records month by month, as far back as any are kept."""
        records: list[AuditRecord] = []
        position = after
        for month in months_back(now, KEPT_DAYS):
            start, _, behind = position.partition("|")
            if position and month > start:
                continue
            within: dict[str, Value] = {"month": f"AUDIT#{month}"}
            text = "#PK = :month"
            if behind.strip() and month == start:
                within["behind"] = behind
                text += " AND #SK < :behind"
            items, last = self._table.page(
                Expression(text, within), limit=limit - len(records), backwards=True, consistent=True
            )
            records.extend(unpack(item["body"], AuditRecord) for item in items)
            if last or len(records) == limit:
                return AuditPage(tuple(records), f"{month}|{records[-1].id if items else ' '}")
        return AuditPage(tuple(records), None)
