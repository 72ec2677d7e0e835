"""What was spent today."""

from __future__ import annotations

from typing import Protocol


class Spending(Protocol):
    """Sums of planned costs by day; ``day`` is an ISO date in UTC, amounts are millionths of a US dollar."""

    def add(self, day: str, amount: int) -> None:
        """Add to a day's sum."""
        ...

    def of(self, day: str) -> int:
        """Return a day's sum."""
        ...
