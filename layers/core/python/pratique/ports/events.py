"""What pratique tells the world: an outbox that remembers events, and the bus that they are sent on.

An event is recorded first, under an id that is made of what it says, and sent afterwards from the record.  Recording
it again, as replays and retries do, changes nothing, so it is sent once however often its cause is repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class EventKind(StrEnum):
    """What happened; the words are the ``detail-type`` on EventBridge and part of the interface."""

    SCAN_COMPLETED = "Scan completed"
    SCAN_PARTIAL = "Scan partial"
    SCAN_FAILED = "Scan failed"
    SCAN_STOPPED = "Scan stopped"
    FINDINGS_CHANGED = "Findings changed"
    URGENT_SAMPLE_FOUND = "Urgent sample found"
    ADVISORIES_STALE = "Advisory data stale"
    ADVISORY_UPDATE_HELD_BACK = "Advisory update held back"
    BUDGET_REACHED = "Budget reached"


class Event(Struct, frozen=True):
    """One event: ``detail`` is plain JSON without the id, ``at`` when it happened.

    ``about`` are the IDs of images, scans or other things that it is about, for rules that filter by them.
    """

    id: str
    kind: EventKind
    at: datetime
    about: tuple[str, ...]
    detail: Mapping[str, object]


def event_id(kind: EventKind, *parts: str) -> str:
    """Return the id of the event of this kind that ``parts`` tell apart from every other: 32 hexadecimal digits."""
    return hashlib.sha256("\n".join((kind.value, *parts)).encode()).hexdigest()[:32]


class EventOutbox(Protocol):
    """Remembers events until they are sent, and that they were."""

    def record(self, events: Sequence[Event], now: datetime) -> int:
        """Keep events to be sent; one whose id is known stays as it is.  Return how many were new."""
        ...

    def unsent(self, ids: Sequence[str]) -> tuple[Event, ...]:
        """Return the recorded events with these ids that were not sent yet, in the order of ``ids``."""
        ...

    def sent(self, ids: Sequence[str], now: datetime) -> None:
        """Remember that these events were sent; no `unsent` returns them again."""
        ...


class EventBus(Protocol):
    """Carries events to whoever listens."""

    def send(self, events: Sequence[Event]) -> tuple[str, ...]:
        """Send events and return the ids of those that the bus took; raises StoreError where it took none."""
        ...
