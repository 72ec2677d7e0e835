"""Who changed what, when: one list of what people changed over the API and what the service did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct, field

SERVICE = "pratique"
"""Who a record names where nobody asked for the change: an advisory update, a set of rules that was published."""


class AuditRecord(Struct, frozen=True):
    """One change, or the attempt at one.

    ``id`` is a ULID, so ids sort by time.  ``action`` is what was asked (``PUT``, or a word of the service's own),
    ``about`` the address or the thing that it was asked of, ``request`` the gateway's request id.  ``sent`` are the
    fields of the request, long ones cut; ``before`` and ``after`` what was there, where the change replaces something.
    ``outcome`` is the HTTP status or a word; empty while it is not known, as after a crash.
    """

    id: str
    at: datetime
    by: str
    action: str
    about: str
    request: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    outcome: str = ""


class AuditPage(Struct, frozen=True):
    """Records, newest first; ``after`` is the position to go on behind, None at the end."""

    records: tuple[AuditRecord, ...]
    after: str | None


class AuditLog(Protocol):
    """Keeps the records for `KEPT_DAYS` days."""

    def put(self, record: AuditRecord) -> None:
        """Store a record, in the place of one with its id; raises StoreError."""
        ...

    def page(self, *, after: str, limit: int, now: datetime) -> AuditPage:
        """Return at most ``limit`` records behind ``after`` (empty: from the newest); raises StoreError."""
        ...


KEPT_DAYS = 400
"""Longer than a year, so that last year's change is there when it is asked about."""
