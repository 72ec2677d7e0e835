"""Put what the service changed by itself into the audit list: the rules in use, the advisories in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pratique.model.scan_id import scan_id
from pratique.ports.audit import SERVICE, AuditLog, AuditRecord
from pratique.ports.clock import Clock


class RecordChange(Struct, frozen=True):
    """Writes one record of the service's own."""

    audit: AuditLog
    clock: Clock

    def __call__(
        self, action: str, about: str, after: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> None:
        """Record that ``about`` was changed to ``after``; raises StoreError."""
        now = self.clock.now()
        identifier = scan_id(now, f"audit {action} {about}")
        self.audit.put(AuditRecord(identifier, now, SERVICE, action, about, before=before, after=after, outcome="done"))
