"""The daily series in DynamoDB: one small item a day, under one key."""

from __future__ import annotations

from datetime import date

from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_table import DynamoTable, Put
from pratique.ports.trend import DayTotals

_PARTITION = "TREND"


class DynamoTrend:
    """`TrendStore` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep the series in ``table``."""
        self._table = table

    def put(self, totals: DayTotals) -> None:
        """Store a day."""
        item: Item = {"PK": _PARTITION, "SK": totals.day.isoformat(), "body": pack(totals)}
        self._table.write(Put(item))

    def since(self, day: date) -> tuple[DayTotals, ...]:
        """Return the stored days, oldest first."""
        condition = Expression("#PK = :PK AND #SK >= :day", {"PK": _PARTITION, "day": day.isoformat()})
        return tuple(unpack(item["body"], DayTotals) for item in self._table.every(condition))
