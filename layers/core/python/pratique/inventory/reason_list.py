"""Reasons as they come up, bounded: a hostile layer must not make its report endless."""

from __future__ import annotations

from collections import Counter

from pratique.model.coverage import Reason, ReasonCode
from pratique.model.digest import DiffId

_LONGEST_DETAIL = 500


class ReasonList:
    """Keeps the first reasons of each code and counts the others."""

    def __init__(self, layer: DiffId, *, most: int) -> None:
        """Keep at most ``most`` reasons of one code about ``layer``."""
        self._layer = layer
        self._most = most
        self._reasons: dict[Reason, None] = {}
        self._counts: Counter[ReasonCode] = Counter()

    def add(self, code: ReasonCode, detail: str, path: str = "") -> None:
        """Note one reason."""
        self._counts[code] += 1
        if self._counts[code] <= self._most:
            self._reasons[Reason(code, detail[:_LONGEST_DETAIL], path[:_LONGEST_DETAIL], self._layer)] = None

    def all(self) -> tuple[Reason, ...]:
        """Return what was kept, and for each code with more how many more there were."""
        more = (
            Reason(code, f"and {count - self._most} more like these", layer=self._layer)
            for code, count in self._counts.items()
            if count > self._most
        )
        return (*self._reasons, *more)
