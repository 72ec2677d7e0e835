"""Scan now: start a scan of a scope, or of one image."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from pratique.model.scan_id import scan_id
from pratique.model.scope import Scope
from pratique.ports.clock import Clock
from pratique.ports.scans import FunctionStarter, ScanRecord, ScanState, ScanStore

LONGEST = timedelta(days=3)
"""How long a scan of many images may run; the template limits its execution to the same time."""


RECONCILIATION = "reconciliation"


class StartScan(Struct, frozen=True):
    """Writes the scan's record and starts ``rescan``; ``rescan_function`` is its qualified name."""

    scans: ScanStore
    starter: FunctionStarter
    clock: Clock
    rescan_function: str

    def __call__(self, scope: Scope, *, trigger: str, at: datetime, seed: str) -> ScanRecord:
        """Start a scan, or find the one of this scope that runs, and return its record.

        ``trigger`` is that of `ScanRecord`; a reconciliation scans only images that were never scanned.

        The function is started again under the name of a scan that was found
        queued, which starts nothing twice: a caller that died between the two must not leave a scan that never runs.
        """
        wanted = ScanRecord(
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
        record = self.scans.start_alone(wanted, longest=LONGEST)
        if record.state is ScanState.QUEUED:
            payload: dict[str, object] = {"scan_id": record.id, "scope": record.scope}
            if record.trigger == RECONCILIATION:
                payload["new_only"] = True
            self.starter.start(self.rescan_function, payload, execution_name=record.id)
        return record
