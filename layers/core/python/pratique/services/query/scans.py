"""The history of scans, and one scan."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading

READ_BUDGET = 500


@dataclass(frozen=True, slots=True)
class ScanFilter:
    """What has to fit, all of it; ``scope`` is a scan's scope as text."""

    trigger: str = ""
    state: ScanState | None = None
    scope: str = ""


def get_scan(reading: Reading, scan_id: str) -> ScanRecord | None:
    """Return one scan with its progress, or None."""
    return reading.scans.get(scan_id)


def list_scans(reading: Reading, wanted: ScanFilter, page: PageRequest) -> Page[ScanRecord]:
    """Return one page of the scans, newest first."""
    bound = ("scans", wanted)
    position: str | None = reading.cursors.open(bound, page.cursor)
    found: list[ScanRecord] = []
    read = 0
    while position is not None:
        if len(found) == page.limit or read >= READ_BUDGET:
            return Page(tuple(found), reading.cursors.seal(bound, position), None)
        limit = page.limit - len(found)
        listed = reading.scans.page(after=position, limit=limit, now=reading.clock.now())
        found.extend(record for record in listed.scans if _fits(record, wanted))
        read += max(1, len(listed.scans))
        position = listed.after
    return Page(tuple(found), None, None)


def _fits(record: ScanRecord, wanted: ScanFilter) -> bool:
    return (
        wanted.trigger in {"", record.trigger}
        and wanted.state in {None, record.state}
        and wanted.scope in {"", record.scope}
    )
