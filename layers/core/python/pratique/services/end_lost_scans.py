"""Scans whose execution was lost end too: nobody waits for ever for a scan that nothing works on."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from pratique.ports.clock import Clock
from pratique.ports.queries import ScanReader
from pratique.ports.scans import ScanState
from pratique.services.end_scan import EndScan

LONGEST = timedelta(days=3, hours=1)
"""Longer than the executions of the template may run."""

_LOOK_BACK = timedelta(days=14)
_PAGE = 100


class EndLostScans(Struct, frozen=True):
    """Ends scans that have run for longer than any execution may."""

    scans: ScanReader
    end_scan: EndScan
    clock: Clock

    def __call__(self) -> int:
        """Look through the scans of the last two weeks and return how many were ended."""
        now = self.clock.now()
        ended, position = 0, ""
        while True:
            page = self.scans.page(after=position, limit=_PAGE, now=now)
            for record in page.scans:
                if record.ended is None and record.started < now - LONGEST:
                    self.end_scan(record.id, ScanState.FAILED, "its execution was lost")
                    ended += 1
            if page.after is None or any(record.started < now - _LOOK_BACK for record in page.scans):
                return ended
            position = page.after
