"""The daily series as it is asked for."""

from __future__ import annotations

from datetime import UTC, timedelta

from pratique.ports.trend import DayTotals
from pratique.services.query.reading import Reading


def get_trend(reading: Reading, days: int) -> tuple[DayTotals, ...]:
    """Return what was stored of the last ``days`` days, today among them, oldest first."""
    today = reading.clock.now().astimezone(UTC).date()
    return reading.trend.since(today - timedelta(days=days - 1))
