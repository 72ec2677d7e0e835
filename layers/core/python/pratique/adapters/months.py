"""Lists that are kept by month: which months to look through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

_DECEMBER = 12


def months_back(now: datetime, days: int) -> Iterator[str]:
    """Yield the months (``2026-09``) that the last ``days`` lie in, newest first; a clock may be a little ahead."""
    first, last = now - timedelta(days=days), now + timedelta(hours=1)
    year, month = last.year, last.month
    while (year, month) >= (first.year, first.month):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, _DECEMBER)
