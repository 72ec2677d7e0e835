"""An audit list in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pratique.errors import StoreError
from pratique.ports.audit import AuditPage, AuditRecord


@dataclass
class MemoryAudit:
    """Implements the AuditLog port, all on one page; the next ``failures`` records are refused."""

    kept: list[AuditRecord] = field(default_factory=list)
    failures: int = 0

    def put(self, record: AuditRecord) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("the audit list is not there", retryable=True)
        self.kept.append(record)

    def page(self, *, after: str, limit: int, now: datetime) -> AuditPage:
        return AuditPage(tuple(reversed(self.kept)), None)
