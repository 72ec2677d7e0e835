"""A scan of several images ends as its worst one did."""

from __future__ import annotations

from collections.abc import Iterable

from pratique.ports.scans import ScanState

_WORST_FIRST = (ScanState.FAILED, ScanState.PARTIAL, ScanState.UNSUPPORTED, ScanState.SUPERSEDED, ScanState.COMPLETE)


def worst_of(states: Iterable[str]) -> ScanState:
    """Return the worst of terminal states; ``complete`` where there are none."""
    present = set(states)
    return next((state for state in _WORST_FIRST if state.value in present), ScanState.COMPLETE)
