"""Recording suppressions."""

from __future__ import annotations

from pratique.services.suppress_findings import SuppressFindings
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, starter, stores


def suppress_findings() -> SuppressFindings:
    """Return what records suppressions, and starts ``apply_suppressions`` where that changes what is hidden."""
    return SuppressFindings(stores().suppressions, clock(), start_applying)


def start_applying() -> None:
    """Start ``apply_suppressions``."""
    starter().start(environment().need("apply_suppressions_function"), {})
