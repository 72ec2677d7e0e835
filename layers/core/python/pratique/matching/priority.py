"""What to do about a flaw: high, medium or low.  The table with its reasons is docs/priority.md."""

from __future__ import annotations

from pratique.model.advisory import Exploitation, FixState
from pratique.model.severity import Priority, Severity

LIKELY = 0.10
"""EPSS from which a flaw counts as likely to be exploited: about the top twentieth of all CVEs."""

RARE = 0.01
"""EPSS under which exploitation is rare."""

CRITICAL_SCORE = 9.0
"""CVSS base score from which a flaw counts as critical whatever word its vendor chose."""

_MINOR = (Severity.LOW, Severity.NEGLIGIBLE)
_NO_FIX_COMING = (FixState.NOT_FIXED, FixState.WILL_NOT_FIX)


def priority_of(
    severity: Severity, *, score: float | None, exploitation: Exploitation, fix_state: FixState
) -> Priority:
    """Return the priority; the first line of the table in docs/priority.md that fits decides."""
    if exploitation.known_exploited:
        return Priority.HIGH
    epss = exploitation.epss or 0.0
    if severity in _MINOR:
        return Priority.MEDIUM if epss >= LIKELY else Priority.LOW
    if epss >= LIKELY:
        return Priority.HIGH
    if severity is not Severity.CRITICAL and (score or 0.0) >= CRITICAL_SCORE:
        severity = Severity.CRITICAL
    return _unlikely(severity, rare=epss < RARE, fix_state=fix_state)


def _unlikely(severity: Severity, *, rare: bool, fix_state: FixState) -> Priority:
    """Return the priority of a flaw of medium severity or more that is not likely to be exploited."""
    if severity is Severity.UNKNOWN:
        return Priority.MEDIUM
    waits = rare and fix_state in _NO_FIX_COMING
    if severity is Severity.CRITICAL:
        return Priority.MEDIUM if waits else Priority.HIGH
    if severity is Severity.HIGH:
        return Priority.HIGH if fix_state is FixState.FIXED and not rare else Priority.MEDIUM
    return Priority.LOW if waits else Priority.MEDIUM
