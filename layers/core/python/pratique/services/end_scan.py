"""A scan ended: say how, in its record and to whoever listens."""

from __future__ import annotations

from msgspec import Struct

from pratique.ports.clock import Clock
from pratique.ports.events import EventOutbox
from pratique.ports.scans import ScanState, ScanStore
from pratique.services.announce import scan_ended


class EndScan(Struct, frozen=True):
    """Writes the end of a scan and records its event; doing it again keeps the first end and records nothing."""

    scans: ScanStore
    outbox: EventOutbox
    clock: Clock

    def __call__(self, scan_id: str, state: ScanState, detail: str = "") -> None:
        """End a scan in a terminal ``state``; ``detail`` says why it is not complete.  Raises StoreError."""
        now = self.clock.now()
        self.scans.end(scan_id, state, at=now, detail=detail)
        record = self.scans.get(scan_id)
        if record is not None:
            self.outbox.record(scan_ended(record, now), now)
