"""What was spent, in DynamoDB: one item a day in the findings table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from pratique.adapters.dynamodb_finding_items import META
from pratique.adapters.dynamodb_items import Expression, Key
from pratique.adapters.dynamodb_table import DynamoTable, Update

_KEPT_DAYS = 90


class DynamoSpending:
    """`Spending` on the findings table.

    A retry after an answer that was lost adds twice: a budget that is reached a little early does no harm.
    """

    def __init__(self, table: DynamoTable) -> None:
        """Keep sums in ``table``."""
        self._table = table

    def add(self, day: str, amount: int) -> None:
        """Add to the day's item."""
        expires = datetime.combine(date.fromisoformat(day), time()) + timedelta(days=_KEPT_DAYS)
        values = {"amount": amount, "expires": int(expires.timestamp())}
        self._table.write(Update(_key(day), Expression("SET #expires = :expires ADD #amount :amount", values)))

    def of(self, day: str) -> int:
        """Read the day's item."""
        amount = (self._table.get(_key(day)) or {}).get("amount", 0)
        return amount if isinstance(amount, int) else 0


def _key(day: str) -> Key:
    return f"SCAN#SPENT#{day}", META
