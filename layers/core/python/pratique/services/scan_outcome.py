"""A scan of several images ends as its worst one did."""

from __future__ import annotations

from collections.abc import Iterable

from pratique.ports.scans import ScanRecord, ScanState

_WORST_FIRST = (
    ScanState.STOPPED,
    ScanState.FAILED,
    ScanState.PARTIAL,
    ScanState.UNSUPPORTED,
    ScanState.SUPERSEDED,
    ScanState.COMPLETE,
)


def worst_of(states: Iterable[str]) -> ScanState:
    """Return the worst of terminal states; ``complete`` where there are none."""
    present = set(states)
    return next((state for state in _WORST_FIRST if state.value in present), ScanState.COMPLETE)


def outcome_of(record: ScanRecord) -> ScanState:
    """Return how a scan ends by the sums over its images; failed where each of its images is."""
    ended = {state for state in _WORST_FIRST if getattr(record, state.value)}
    if ScanState.FAILED in ended and record.failed < record.images_done:
        ended = ended - {ScanState.FAILED} | {ScanState.PARTIAL}
    return worst_of(state.value for state in ended)
