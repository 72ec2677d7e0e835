"""What is due as time goes by."""

from __future__ import annotations

from pratique.services.record_day import RecordDay
from pratique.services.tick import Tick
from pratique.wiring.scans import start_scan
from pratique.wiring.stores import clock, stores


def tick() -> Tick:
    """Return the use case of ``tick``."""
    return Tick(stores().settings, start_scan(), clock())


def record_day() -> RecordDay:
    """Return what keeps the daily series."""
    kept = stores()
    return RecordDay(kept.counts, kept.trend, clock())
