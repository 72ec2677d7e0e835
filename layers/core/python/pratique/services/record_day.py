"""What the counts come to is kept once a day, so that people can see where they are going."""

from __future__ import annotations

from datetime import UTC

from msgspec import Struct

from pratique.ports.clock import Clock
from pratique.ports.counts import CountIndex, Table, TableName
from pratique.ports.trend import DayTotals, RiskCounts, TrendStore
from pratique.services.query.overview import image_totals, sample_totals, vulnerability_totals


class RecordDay(Struct, frozen=True):
    """Stores today's totals.  Every tick does it again: the last one of a day is the day's."""

    counts: CountIndex
    trend: TrendStore
    clock: Clock

    def __call__(self) -> DayTotals:
        """Store and return today's totals; raises StoreError."""
        images = image_totals(self.counts.rows(TableName(Table.REPOSITORIES)).values())
        vulnerabilities = vulnerability_totals(self.counts.rows(TableName(Table.VULNERABILITIES, "ALL")).values())
        totals = DayTotals(
            day=self.clock.now().astimezone(UTC).date(),
            images=RiskCounts(images.high, images.medium, images.low, images.clean, images.unknown),
            system=vulnerabilities.system,
            application=vulnerabilities.application,
            samples=sample_totals(self.counts.rows(TableName(Table.SAMPLES, "ALL")).values()),
        )
        self.trend.put(totals)
        return totals
