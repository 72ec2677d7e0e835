from __future__ import annotations

import pytest
from msgspec import structs

from pratique.ports.advisories import SourceState
from pratique.ports.events import Event
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.announce import advisories_stale, budget_reached, scan_ended, update_held_back
from tests.event_schema import problems
from tests.finding_builder import NOON, at

RECORD = ScanRecord("S1", "push", "ALL", ScanState.PARTIAL, NOON, at(1), 3, 3, 7, 6, "layer 3 was cut short")


def valid(event: Event) -> bool:
    return problems(event.kind.value, {"event_id": event.id, "schema_version": "1", **event.detail}) == []


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (ScanState.COMPLETE, "Scan completed"),
        (ScanState.PARTIAL, "Scan partial"),
        (ScanState.UNSUPPORTED, "Scan partial"),
        (ScanState.FAILED, "Scan failed"),
    ],
)
def test_scan_that_ended_is_told_by_its_state(state: ScanState, kind: str) -> None:
    (event,) = scan_ended(structs.replace(RECORD, state=state), at(2))
    assert (event.kind.value, event.at, event.about) == (kind, at(1), ("ALL",))
    assert valid(event)
    assert scan_ended(structs.replace(RECORD, state=state), at(3)) == (event,)


@pytest.mark.parametrize("state", [ScanState.QUEUED, ScanState.RUNNING, ScanState.SUPERSEDED])
def test_scan_that_goes_on_or_lost_its_race_says_nothing(state: ScanState) -> None:
    assert scan_ended(structs.replace(RECORD, state=state), at(2)) == ()


def test_stale_source_is_told_once_for_each_time_it_fell_behind() -> None:
    stale = SourceState("debian", 10, 0, "2026-03-01T00:00:00Z", stale=True, problem="unreachable")
    fresh = SourceState("alpine", 10, 0, "2026-03-01T00:00:00Z")
    (event,) = advisories_stale([stale, fresh], NOON)
    assert valid(event)
    assert advisories_stale([stale], at(6))[0].id == event.id
    later = structs.replace(stale, fetched="2026-03-02T00:00:00Z")
    assert advisories_stale([later], at(48))[0].id != event.id


def test_held_back_update_and_spent_budget_follow_the_schema() -> None:
    assert valid(update_held_back("r2", "r1", "known findings went missing: CVE-1", NOON))
    spent = budget_reached("2026-03-01", 5.01, 5.0, NOON)
    assert valid(spent)
    assert budget_reached("2026-03-01", 6.0, 5.0, at(1)).id == spent.id
