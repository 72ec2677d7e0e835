"""Taking VEX documents in."""

from __future__ import annotations

from pratique.services.take_vex import TakeVex
from pratique.wiring.stores import clock, stores
from pratique.wiring.suppressions import start_applying


def take_vex() -> TakeVex:
    """Return what takes VEX documents in, and starts ``apply_suppressions`` where that changes what is hidden."""
    return TakeVex(stores().suppressions, clock(), start_applying)
