"""What every store of the daily series does."""

from __future__ import annotations

from datetime import date

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.ports.findings import LevelCounts, PriorityCounts
from pratique.ports.trend import DayTotals, RiskCounts


def totals(day: date, high: int) -> DayTotals:
    return DayTotals(
        day, RiskCounts(high, 0, 0, 1, 0), PriorityCounts(high, 2, 3), PriorityCounts(0, 0, 0), LevelCounts(1, 0, 0)
    )


def test_days_come_back_in_order_from_the_one_asked_for(stores: DynamoStores) -> None:
    days = [date(2026, 2, 28), date(2026, 3, 2), date(2025, 12, 31), date(2026, 3, 1)]
    for number, day in enumerate(days):
        stores.trend.put(totals(day, number))
    assert stores.trend.since(date(2026, 2, 28)) == (
        totals(date(2026, 2, 28), 0),
        totals(date(2026, 3, 1), 3),
        totals(date(2026, 3, 2), 1),
    )
    assert stores.trend.since(date(2026, 3, 3)) == ()


def test_a_day_is_stored_over_itself(stores: DynamoStores) -> None:
    for high in (1, 5):
        stores.trend.put(totals(date(2026, 3, 1), high))
    assert stores.trend.since(date(2026, 1, 1)) == (totals(date(2026, 3, 1), 5),)
