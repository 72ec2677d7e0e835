"""What sources say about a flaw (severity) and what to do about it (priority)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """A source's word, worst first; ``unknown`` where no source rated the flaw."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEGLIGIBLE = "negligible"
    UNKNOWN = "unknown"


class Priority(StrEnum):
    """What to do: ``high`` now (red), ``medium`` soon (orange), ``low`` when convenient (gray)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for high; smaller sorts first."""
        return _PRIORITIES.index(self)


_PRIORITIES = tuple(Priority)


class Rating(Struct, frozen=True, gc=False):
    """One source's rating: a CVSS vector with its base score, or a word, or both.

    ``source`` names who rated (``nvd``, ``debian``, ``github`` …); ``score`` is CVSS's base score, 0.0 to 10.0.
    """

    source: str
    severity: Severity
    vector: str = ""
    score: float | None = None
