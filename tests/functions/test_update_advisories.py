from __future__ import annotations

import pytest

import functions.update_advisories.handler as update_advisories
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.services.canary import CanaryResult
from pratique.services.update_advisories import UpdateOutcome
from pratique.wiring.environment import Environment
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import lambda_context, sample_event

REVISION = AdvisoryRevision(
    "r2",
    "2026-11-23T18:00:00Z",
    starter=False,
    sources=(SourceState("kev", 10, 0, "2026-11-20T00:00:00Z", stale=True),),
)


@pytest.mark.parametrize("promoted", [True, False])
def test_only_a_promoted_database_starts_a_rematch(monkeypatch: pytest.MonkeyPatch, *, promoted: bool) -> None:
    starter = FakeStarter()
    outcome = UpdateOutcome(
        promoted=promoted, revision=REVISION, previous="r1", canary=CanaryResult(found=()), detail="why"
    )
    monkeypatch.setattr(update_advisories, "update_advisories", lambda: lambda: outcome)
    monkeypatch.setattr(update_advisories, "starter", lambda: starter)
    monkeypatch.setattr(update_advisories, "environment", lambda: Environment(rematch_images_function="rematch"))
    event = sample_event("update_advisories")
    answered = update_advisories.lambda_handler(event, lambda_context("update-advisories"))
    assert answered == {"promoted": promoted, "revision": "r2", "stale_sources": 1, "detail": "why"}
    assert [payload for _, payload, _ in starter.started] == ([{"revision": "r2", "after": ""}] if promoted else [])
