"""Events about scans, advisory data and the budget; those about findings are in `announce_changes`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pratique.ports.advisories import SourceState
from pratique.ports.events import Event, EventKind, event_id
from pratique.ports.scans import ScanRecord, ScanState

_ENDS = {
    ScanState.COMPLETE: EventKind.SCAN_COMPLETED,
    ScanState.PARTIAL: EventKind.SCAN_PARTIAL,
    ScanState.UNSUPPORTED: EventKind.SCAN_PARTIAL,
    ScanState.FAILED: EventKind.SCAN_FAILED,
    ScanState.STOPPED: EventKind.SCAN_STOPPED,
}


def scan_ended(record: ScanRecord, at: datetime) -> tuple[Event, ...]:
    """Return the event of a scan that ended: one for each scan, however often it is told that it ended.

    A scan that a newer one superseded says nothing: the newer one does.
    """
    kind = _ENDS.get(record.state)
    if kind is None:
        return ()
    ended = record.ended or at
    detail: dict[str, object] = {
        "scan": {
            "id": record.id,
            "trigger": record.trigger,
            "scope": record.scope,
            "state": record.state.value,
            "started": record.started.isoformat(),
            "ended": ended.isoformat(),
            "images": record.images,
            "images_done": record.images_done,
            "layers": record.layers,
            "layers_done": record.layers_done,
            "detail": record.detail[:1000],
        },
        "summary": f"scan of {record.scope} ended {record.state}" + (f": {record.detail[:200]}" * bool(record.detail)),
    }
    return (Event(event_id(kind, record.id), kind, ended, (record.scope,), detail),)


def advisories_stale(sources: Sequence[SourceState], at: datetime) -> tuple[Event, ...]:
    """Return an event for each source that is out of date: one for each time that it fell behind."""
    return tuple(
        Event(
            event_id(EventKind.ADVISORIES_STALE, source.name, source.fetched),
            EventKind.ADVISORIES_STALE,
            at,
            (source.name,),
            {
                "source": source.name,
                "fetched": source.fetched,
                "problem": source.problem[:1000],
                "summary": f"{source.name} was last fetched {source.fetched or 'never'}: {source.problem[:200]}",
            },
        )
        for source in sources
        if source.stale
    )


def update_held_back(revision: str, kept: str, detail: str, at: datetime) -> Event:
    """Return the event of a new advisory database that was not taken; ``kept`` is the revision that stays."""
    told = {"revision": revision, "kept": kept, "problem": detail[:1000], "summary": detail[:300]}
    identifier = event_id(EventKind.ADVISORY_UPDATE_HELD_BACK, revision, kept)
    return Event(identifier, EventKind.ADVISORY_UPDATE_HELD_BACK, at, (revision,), told)


def budget_reached(day: str, spent: float, budget: float, at: datetime) -> Event:
    """Return the event of a day (ISO date, UTC) whose budget is spent; amounts are US dollars."""
    detail = {
        "day": day,
        "spent_dollars": round(spent, 4),
        "budget_dollars": budget,
        "summary": f"${spent:.2f} of ${budget:.2f} are spent on {day}: until tomorrow only pushes are scanned",
    }
    return Event(event_id(EventKind.BUDGET_REACHED, day), EventKind.BUDGET_REACHED, at, (day,), detail)
