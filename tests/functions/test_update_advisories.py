from __future__ import annotations

import json

import pytest

import functions.update_advisories.handler as update_advisories
from pratique.adapters.dynamodb_stores import dynamo_stores
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.audit import AuditLog
from pratique.ports.events import EventKind, event_id
from pratique.services.canary import CanaryResult
from pratique.services.record_change import RecordChange
from pratique.services.update_advisories import UpdateOutcome
from pratique.wiring.environment import Environment
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import lambda_context, sample_event

STORES = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
REVISION = AdvisoryRevision(
    "r2",
    "2026-11-23T18:00:00Z",
    starter=False,
    sources=(SourceState("kev", 10, 0, "2026-11-20T00:00:00Z", stale=True),),
)


@pytest.fixture(autouse=True)
def audit(monkeypatch: pytest.MonkeyPatch) -> AuditLog:
    kept = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I").audit
    monkeypatch.setattr(update_advisories, "record_change", lambda: RecordChange(kept, FakeClock()))
    return kept


@pytest.mark.parametrize("promoted", [True, False])
def test_only_a_promoted_database_starts_a_rematch(
    monkeypatch: pytest.MonkeyPatch, audit: AuditLog, *, promoted: bool
) -> None:
    starter = FakeStarter()
    outcome = UpdateOutcome(
        promoted=promoted, revision=REVISION, previous="r1", canary=CanaryResult(found=()), detail="why"
    )
    monkeypatch.setattr(update_advisories, "update_advisories", lambda: lambda: outcome)
    monkeypatch.setattr(update_advisories, "starter", lambda: starter)
    monkeypatch.setattr(update_advisories, "stores", lambda: STORES)
    monkeypatch.setattr(update_advisories, "clock", FakeClock)
    monkeypatch.setattr(update_advisories, "environment", lambda: Environment(rematch_images_function="rematch"))
    event = sample_event("update_advisories")
    answered = update_advisories.lambda_handler(event, lambda_context("update-advisories"))
    assert answered == {"promoted": promoted, "revision": "r2", "stale_sources": 1, "detail": "why"}
    assert [payload for _, payload, _ in starter.started] == (
        [
            {"revision": "r2", "after": "", "failed": 0, "share": share, "shares": 8, "run": "20261101T120000Z"}
            for share in range(8 if promoted else 0)
        ]
    )
    recorded = audit.page(after="", limit=10, now=FakeClock().now()).records
    assert [(record.by, record.action) for record in recorded] == [("pratique", "advisories promoted")] * promoted
    stale = event_id(EventKind.ADVISORIES_STALE, "kev", "2026-11-20T00:00:00Z")
    assert [event.id for event in STORES.events.unsent([stale])] == [stale]


def test_update_that_was_held_back_is_announced_and_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = CanaryResult(found=(), lost=("CVE-1",))
    outcome = UpdateOutcome(
        promoted=False, revision=REVISION, previous="r1", canary=canary, detail="lost CVE-1", held_back=True
    )
    monkeypatch.setattr(update_advisories, "update_advisories", lambda: lambda: outcome)
    monkeypatch.setattr(update_advisories, "stores", lambda: STORES)
    monkeypatch.setattr(update_advisories, "clock", FakeClock)
    update_advisories.lambda_handler(sample_event("update_advisories"), lambda_context("update-advisories"))
    held = event_id(EventKind.ADVISORY_UPDATE_HELD_BACK, "r2", "r1")
    assert [event.id for event in STORES.events.unsent([held])] == [held]
    metrics = json.loads(next(line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line))
    assert (metrics["AdvisoryUpdatesHeldBack"], metrics["StaleAdvisorySources"]) == ([1.0], [1.0])
