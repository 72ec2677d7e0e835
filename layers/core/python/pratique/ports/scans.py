"""Records of scans, and the functions that carry them out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from pratique.model.settings import Settings

BILLIONTH = 1_000_000_000
"""Costs are kept as whole billionths of a US dollar: an image in which nothing has changed costs some ten thousands."""


class ScanState(StrEnum):
    """Where a scan, or one image of it, stands; all but the first two are terminal."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"


class ScanRecord(Struct, frozen=True):
    """One scan, and the sums over its images.

    ``scope`` is ``ALL`` or an instance, namespace, repository or image; ``trigger`` is ``push``,
    ``schedule``, ``request``, ``reconciliation``, ``advisories`` or ``hunt``.  ``bytes`` are compressed sizes of
    layers; ``added``, ``fixed`` and ``samples_added`` count findings that changed.  ``complete`` … ``stopped`` are
    the numbers of images that ended so.  ``cost`` is what the images that ended took, in billionths of a US dollar.
    """

    id: str
    trigger: str
    scope: str
    state: ScanState
    started: datetime
    ended: datetime | None
    images: int
    images_done: int
    layers: int
    layers_done: int
    detail: str = ""
    bytes: int = 0
    bytes_done: int = 0
    added: int = 0
    fixed: int = 0
    samples_added: int = 0
    complete: int = 0
    partial: int = 0
    unsupported: int = 0
    failed: int = 0
    superseded: int = 0
    stopped: int = 0
    cost: int = 0

    @property
    def estimated_cost(self) -> float:
        """The cost in US dollars."""
        return self.cost / BILLIONTH


class ScannedImage(Struct, frozen=True):
    """One image of a scan; the numbers are those of ScanRecord, ``detail`` says why it is not complete."""

    image: str
    state: ScanState
    layers: int = 0
    layers_done: int = 0
    bytes: int = 0
    bytes_done: int = 0
    added: int = 0
    fixed: int = 0
    samples_added: int = 0
    cost: int = 0
    detail: str = ""

    @property
    def estimated_cost(self) -> float:
        """The cost in US dollars."""
        return self.cost / BILLIONTH


class ScanStore(Protocol):
    """Records of scans and of their images.  Whatever is said twice counts once."""

    def start(self, record: ScanRecord) -> bool:
        """Store a new record; return False and change nothing where its id exists."""
        ...

    def start_alone(self, record: ScanRecord, *, longest: timedelta) -> ScanRecord:
        """Store a new record unless another scan of its scope runs; return the one that does.

        A scan that was started over ``longest`` ago is taken for lost.  Of many callers at once, one starts.
        """
        ...

    def update(self, scan_id: str, **changes: object) -> None:
        """Set fields of a stored record by their names in ScanRecord; nothing where a state comes after the end."""
        ...

    def end(self, scan_id: str, state: ScanState, *, at: datetime, detail: str) -> bool:
        """End a scan that has not ended; return whether this call did."""
        ...

    def get(self, scan_id: str) -> ScanRecord | None:
        """Return one record, or None."""
        ...

    def begin_image(self, scan_id: str, image: str, *, layers: int, size: int, now: datetime) -> None:
        """Say that an image of a scan is being scanned, and how much of it there is."""
        ...

    def layers_done(self, scan_id: str, image: str, sizes: Mapping[int, int]) -> None:
        """Say that layers of an image have been read, or were known: their sizes by their places in it."""
        ...

    def end_image(self, scan_id: str, ended: ScannedImage, *, now: datetime) -> bool:
        """Say how an image ended; return whether this is the first time that it is said."""
        ...

    def add_done(self, scan_id: str, *, images: int) -> None:
        """Count images that needed no scan as done."""
        ...

    def add_images(self, scan_id: str, index: str, more: int, *, now: datetime) -> None:
        """Say that an image index of the scan turned out to be ``more`` images beyond one."""
        ...

    def images(self, scan_id: str, *, after: str, limit: int) -> tuple[ScannedImage, ...]:
        """Return up to ``limit`` images of a scan that began, by their IDs behind ``after``."""
        ...


class SettingsChange(Struct, frozen=True):
    """One change of the settings: what they became, in which version, by whom and when."""

    version: int
    settings: Settings
    by: str
    at: datetime


class SettingsStore(Protocol):
    """The one settings record."""

    def get(self) -> tuple[Settings, int]:
        """Return the settings and their version; the defaults and 0 where none were ever put."""
        ...

    def put(self, settings: Settings, *, expected_version: int, by: str, now: datetime) -> int:
        """Store new settings over the expected version and return the new one; raises StoreError when it differs."""
        ...

    def history(self, *, before: int, limit: int) -> tuple[SettingsChange, ...]:
        """Return up to ``limit`` changes, the newest first, of versions below ``before`` (0: from the newest)."""
        ...

    def last_start(self) -> datetime | None:
        """Return the moment of the last scheduled scan that was claimed, or None."""
        ...

    def claim_start(self, moment: datetime, *, previous: datetime | None) -> bool:
        """Record ``moment`` as started unless another tick did since ``previous`` was read; return whether it did."""
        ...


class FunctionStarter(Protocol):
    """Starts one of pratique's own functions."""

    def start(self, function: str, payload: Mapping[str, object], *, execution_name: str = "") -> None:
        """Start asynchronously; the same ``execution_name`` starts a durable function at most once."""
        ...
