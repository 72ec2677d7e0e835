"""May a scan go on?  Asked before every image and every layer."""

from __future__ import annotations

from msgspec import Struct

from pratique.ports.clock import Clock
from pratique.ports.events import EventOutbox
from pratique.ports.scans import ScanStore, SettingsStore
from pratique.ports.spending import Spending
from pratique.services.announce import budget_reached
from pratique.services.stop_scan import is_stopped

MILLIONTH = 1_000_000


class ScanGate(Struct, frozen=True):
    """Closes for a scan that somebody stopped, and for all but pushes once the day's budget is spent."""

    scans: ScanStore
    settings: SettingsStore
    spending: Spending
    outbox: EventOutbox
    clock: Clock

    def closed(self, scan_id: str, *, push: bool) -> str:
        """Return why the scan may not go on; empty where it may.  The first one to find a budget spent says so."""
        if is_stopped(self.scans, scan_id):
            return "the scan was stopped"
        if push:
            return ""
        budget = self.settings.get()[0].daily_budget
        if budget is None:
            return ""
        now = self.clock.now()
        day = now.date().isoformat()
        spent = self.spending.of(day) / MILLIONTH
        if spent < budget:
            return ""
        self.outbox.record([budget_reached(day, spent, budget, now)], now)
        return f"the budget of ${budget:.2f} for {day} is spent"
