"""Suppressions: recording them, and judging images again for them."""

from __future__ import annotations

from pratique.services.apply_suppressions import ApplySuppressions
from pratique.services.suppress_findings import SuppressFindings
from pratique.services.take_vex import TakeVex
from pratique.wiring.assessment import judge_again
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, starter, stores


def suppress_findings() -> SuppressFindings:
    """Return what records suppressions, and starts ``apply_suppressions`` where that changes what is hidden."""
    return SuppressFindings(stores().suppressions, clock(), _start)


def take_vex() -> TakeVex:
    """Return what takes VEX documents in, and starts ``apply_suppressions`` where that changes what is hidden."""
    return TakeVex(stores().suppressions, clock(), _start)


def apply_suppressions() -> ApplySuppressions:
    """Return the use case of ``apply_suppressions``."""
    kept = stores()
    return ApplySuppressions(
        suppressions=kept.suppressions,
        catalog=kept.catalog,
        findings=kept.findings,
        library=kept.library,
        judge=judge_again(),
        clock=clock(),
    )


def _start() -> None:
    starter().start(environment().need("apply_suppressions_function"), {})
