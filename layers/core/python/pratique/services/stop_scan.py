"""Stop a scan: nothing new of it begins, and what is whole stays."""

from __future__ import annotations

from msgspec import Struct

from pratique.ports.scans import ScanRecord, ScanState, ScanStore
from pratique.services.end_scan import EndScan


class StopScan(Struct, frozen=True):
    """Ends a scan's record as ``stopped``, which its functions look at before each image and each layer.

    A layer that is being read is read to its end, for other images may need it; images that were not assessed keep
    their last report.
    """

    scans: ScanStore
    end_scan: EndScan

    def __call__(self, scan_id: str, *, by: str) -> ScanRecord | None:
        """Stop a scan and return its record, None where there is none; one that has ended stays as it ended."""
        if self.scans.get(scan_id) is None:
            return None
        self.end_scan(scan_id, ScanState.STOPPED, f"stopped by {by}")
        return self.scans.get(scan_id)


def is_stopped(scans: ScanStore, scan_id: str) -> bool:
    """Whether somebody stopped the scan."""
    record = scans.get(scan_id)
    return record is not None and record.state is ScanState.STOPPED
