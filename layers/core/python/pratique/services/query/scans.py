"""The history of scans, and one scan."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from pratique.ports.scans import ScannedImage, ScanRecord, ScanState
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading

READ_BUDGET = 500
_FEW_IMAGES = 50
_SMALLEST_READ = 25


class ScanFilter(Struct, frozen=True):
    """What has to fit, all of it; ``scope`` is a scan's scope as text."""

    trigger: str = ""
    state: ScanState | None = None
    scope: str = ""


class Progress(Struct, frozen=True):
    """Where a scan stands now.

    ``images_running`` is None for a scan of so many images that those under way count as waiting; ``estimated_end`` is
    None where the scan has ended or too little is done to tell.
    """

    record: ScanRecord
    images_waiting: int
    images_running: int | None
    estimated_end: datetime | None


def get_scan(reading: Reading, scan_id: str) -> Progress | None:
    """Return one scan with its progress, or None.

    A layer of an image that is being scanned counts at once where the scan has few images, else with its image.
    """
    record = reading.scans.get(scan_id)
    if record is None:
        return None
    running: int | None = 0 if record.ended else None
    if record.ended is None and record.images <= _FEW_IMAGES:
        images = reading.scans.images(scan_id, after="", limit=_FEW_IMAGES)
        under_way = [image for image in images if image.state is ScanState.RUNNING]
        running = len(under_way)
        record = replace(
            record,
            layers_done=record.layers_done + sum(image.layers_done for image in under_way),
            bytes_done=record.bytes_done + sum(image.bytes_done for image in under_way),
        )
    waiting = 0 if record.ended else max(0, record.images - record.images_done - (running or 0))
    return Progress(record, waiting, running, estimated_end(record, reading.clock.now()))


def estimated_end(record: ScanRecord, now: datetime) -> datetime | None:
    """Return when a running scan will end at the pace that it had until ``now``.

    The pace is that of images where there are several, else that of layers.
    """
    done, whole = (record.images_done, record.images) if record.images > 1 else (record.layers_done, record.layers)
    if record.ended is not None or not done or done > whole:
        return None
    return now + (now - record.started) * ((whole - done) / done)


def list_scan_images(
    reading: Reading, scan_id: str, state: ScanState | None, page: PageRequest
) -> Page[ScannedImage] | None:
    """Return one page of a scan's images that have begun, by their IDs; None where there is no such scan."""
    record = reading.scans.get(scan_id)
    if record is None:
        return None
    bound = ("scan images", scan_id, state)
    position = reading.cursors.open(bound, page.cursor)
    found: list[ScannedImage] = []
    read = 0
    while True:
        limit = max(page.limit - len(found), _SMALLEST_READ)
        listed = reading.scans.images(scan_id, after=position, limit=limit)
        read += limit
        for image in listed:
            position = image.image
            if state in {None, image.state}:
                found.append(image)
            if len(found) == page.limit:
                return Page(tuple(found), reading.cursors.seal(bound, position), None)
        if len(listed) < limit:
            return Page(tuple(found), None, None)
        if read >= READ_BUDGET:
            return Page(tuple(found), reading.cursors.seal(bound, position), None)


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
