"""What people decide about a malicious sample, and what becomes of that when the sample comes back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

SYSTEM = "pratique"
"""Who is named for a decision that nobody made: a handled sample that came back."""


class ProcessingStatus(StrEnum):
    """What people decided about a malicious sample.

    ``handled`` says that it was dealt with, which its coming back disproves; ``ignored`` that it is of no interest
    wherever it stands; ``allowlisted`` that it is wanted, which takes it out of every count as well.
    """

    UNHANDLED = "unhandled"
    HANDLED = "handled"
    IGNORED = "ignored"
    ALLOWLISTED = "allowlisted"


class Decision(Struct, frozen=True):
    """One decision: what, by whom, when and why.

    ``version`` counts a sample's decisions from 1; 0 is that of a sample that nobody has decided about yet.
    ``at`` is None for that one only.
    """

    status: ProcessingStatus = ProcessingStatus.UNHANDLED
    by: str = ""
    at: datetime | None = None
    note: str = ""
    version: int = 0

    def followed_by(self, status: ProcessingStatus, *, by: str, at: datetime, note: str) -> Decision:
        """Return the decision that follows this one."""
        return Decision(status, by, at, note, self.version + 1)

    def after_coming_back(self, where: str, at: datetime) -> Decision:
        """Return what holds once the sample has come back in ``where``: handled becomes unhandled, all else stays."""
        if self.status is not ProcessingStatus.HANDLED:
            return self
        return self.followed_by(ProcessingStatus.UNHANDLED, by=SYSTEM, at=at, note=f"came back in {where}")
