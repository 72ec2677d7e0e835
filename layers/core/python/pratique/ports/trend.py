"""The daily series: what the counts came to on each day."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from msgspec import Struct

from pratique.ports.findings import LevelCounts, PriorityCounts


class RiskCounts(Struct, frozen=True):
    """Images by risk; ``unknown`` is nothing found where not everything was seen."""

    high: int
    medium: int
    low: int
    clean: int
    unknown: int

    @property
    def total(self) -> int:
        """All images."""
        return self.high + self.medium + self.low + self.clean + self.unknown


class DayTotals(Struct, frozen=True):
    """The estate on one day (UTC): images by risk, distinct vulnerabilities and samples by their worst."""

    day: date
    images: RiskCounts
    system: PriorityCounts
    application: PriorityCounts
    samples: LevelCounts


class TrendStore(Protocol):
    """Keeps one record a day, for good."""

    def put(self, totals: DayTotals) -> None:
        """Store a day, over what is stored of it."""
        ...

    def since(self, day: date) -> tuple[DayTotals, ...]:
        """Return the stored days from ``day`` on, oldest first; days of which nothing was stored are not there."""
        ...
