"""Scan now: start a scan of a scope, or of one image."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pratique.model.scan_id import scan_id
from pratique.model.scope import Scope
from pratique.ports.clock import Clock
from pratique.ports.scans import FunctionStarter, ScanRecord, ScanState, ScanStore


@dataclass(frozen=True, slots=True)
class StartScan:
    """Writes the scan's record and starts ``rescan``; ``rescan_function`` is its qualified name."""

    scans: ScanStore
    starter: FunctionStarter
    clock: Clock
    rescan_function: str

    def __call__(self, scope: Scope, *, trigger: str, at: datetime, seed: str) -> ScanRecord:
        """Start one scan and return its record; ``trigger`` is ``request`` or ``schedule``.

        The same ``at`` and ``seed`` are the same scan, which is started once however often this is called:
        a caller that died half-way may simply call again.
        """
        record = ScanRecord(
            id=scan_id(at, seed),
            trigger=trigger,
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
        payload = {"scan_id": record.id, "scope": record.scope}
        self.starter.start(self.rescan_function, payload, execution_name=record.id)
        return record
