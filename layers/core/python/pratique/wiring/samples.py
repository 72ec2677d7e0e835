"""Deciding about samples, and the allow-list."""

from __future__ import annotations

from pratique.services.allow_samples import AllowSamples
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, starter, stores


def allow_samples() -> AllowSamples:
    """Return what records decisions and entries, and starts ``apply_allow_list`` where that changes what is quiet."""
    kept = stores()
    return AllowSamples(kept.allow_list, kept.library, clock(), _start)


def _start() -> None:
    starter().start(environment().need("apply_allow_list_function"), {})
