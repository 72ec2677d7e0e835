"""Records of scans, and the functions that carry them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pratique.model.settings import Settings


class ScanState(StrEnum):
    """Where a scan stands; all but the first two are terminal."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """One scan.

    ``scope`` is ``ALL`` or an instance, namespace, repository or image; ``trigger`` is ``push``,
    ``schedule``, ``request``, ``advisories`` or ``hunt``.
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


class ScanStore(Protocol):
    """Records of scans."""

    def start(self, record: ScanRecord) -> bool:
        """Store a new record; return False and change nothing where its id exists."""
        ...

    def update(self, scan_id: str, **changes: object) -> None:
        """Set fields of a stored record by their names in ScanRecord."""
        ...

    def add_done(self, scan_id: str, *, images: int = 0, layers: int = 0) -> None:
        """Add to the done counters."""
        ...

    def get(self, scan_id: str) -> ScanRecord | None:
        """Return one record, or None."""
        ...


@dataclass(frozen=True, slots=True)
class SettingsChange:
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
