"""Hunt now: look for what new rules find in images that were scanned before."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from pratique.model.scan_id import scan_id
from pratique.model.scope import Scope
from pratique.ports.clock import Clock
from pratique.ports.scans import FunctionStarter, ScanRecord, ScanState, ScanStore

TRIGGER = "hunt"


class StartHunt(Struct, frozen=True):
    """Writes the hunt's record among the scans and starts ``hunt_samples``; ``function`` is its qualified name."""

    scans: ScanStore
    starter: FunctionStarter
    clock: Clock
    function: str

    def __call__(self, scope: Scope, *, at: datetime, seed: str) -> ScanRecord:
        """Start one hunt and return its record; the same ``at`` and ``seed`` are the same hunt, started once."""
        record = ScanRecord(
            id=scan_id(at, f"hunt {seed}"),
            trigger=TRIGGER,
            scope=str(scope),
            state=ScanState.QUEUED,
            started=self.clock.now(),
            ended=None,
            images=0,
            images_done=0,
            layers=0,
            layers_done=0,
        )
        self.scans.start(record)
        self.starter.start(self.function, {"hunt": record.id, "scope": record.scope}, execution_name=record.id)
        return record
