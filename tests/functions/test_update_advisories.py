from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

import functions.update_advisories.handler as update_advisories
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.errors import StoreError
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.audit import AuditRecord
from pratique.ports.events import EventKind, event_id
from pratique.services.advisory_record import CanaryResult
from pratique.services.record_change import RecordChange
from pratique.services.update_advisories import UpdateOutcome
from pratique.wiring.environment import Environment
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.objects import MemoryObjects
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import lambda_context, sample_event

_STALE = event_id(EventKind.ADVISORIES_STALE, "kev", "2026-11-20T00:00:00Z")
_SHARES = list(range(8))


@dataclass
class Bench:
    """The function on fakes; ``breaks`` is what fails the next time it is called, and the call of it that does."""

    stores: DynamoStores = field(
        default_factory=lambda: dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
    )
    starter: FakeStarter = field(default_factory=FakeStarter)
    clock: FakeClock = field(default_factory=FakeClock)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    breaks: tuple[str, int] = ("", 0)
    outcome: UpdateOutcome | None = None

    def run(self, revision: str, *, previous: str, lost: tuple[str, ...] = ()) -> dict[str, Any]:
        """Update once: to another revision unless known findings are ``lost``, or to none where both are one."""
        stale = SourceState("kev", 10, 0, "2026-11-20T00:00:00Z", stale=True)
        self.outcome = UpdateOutcome(
            promoted=revision != previous and not lost,
            revision=AdvisoryRevision(revision, "2026-11-23T18:00:00Z", starter=False, sources=(stale,)),
            previous=previous,
            canary=CanaryResult(found=(), lost=lost),
            detail="why",
            held_back=bool(lost),
        )
        event, context = sample_event("update_advisories"), lambda_context("update-advisories")
        self.clock.move(hours=1)
        answered: dict[str, Any] = update_advisories.lambda_handler(event, context)
        return answered

    def record_change(self) -> RecordChange:
        self.fail("record")
        return RecordChange(self.stores.audit, self.clock)

    def start(self, function: str, payload: Mapping[str, object]) -> None:
        self.fail("start")
        self.starter.start(function, payload)

    def announced(self) -> DynamoStores:
        self.fail("announce")
        return self.stores

    def fail(self, what: str) -> None:
        broken, calls = self.breaks
        if broken == what:
            self.breaks = (what, calls - 1) if calls > 1 else ("", 0)
            if calls == 1:
                raise StoreError(f"cannot {what}", retryable=True)

    def shares(self) -> list[object]:
        """Return the shares of images that were started, in order, and forget them."""
        assert {function for function, _, _ in self.starter.started} <= {"rematch"}
        started = [payload["share"] for _, payload, _ in self.starter.started]
        self.starter.started.clear()
        return started

    def recorded(self) -> list[AuditRecord]:
        return list(self.stores.audit.page(after="", limit=10, now=self.clock.now()).records)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(update_advisories, "update_advisories", lambda: lambda: made.outcome)
    monkeypatch.setattr(update_advisories, "starter", lambda: made)
    monkeypatch.setattr(update_advisories, "stores", made.announced)
    monkeypatch.setattr(update_advisories, "objects", lambda: made.objects)
    monkeypatch.setattr(update_advisories, "record_change", made.record_change)
    monkeypatch.setattr(update_advisories, "clock", lambda: made.clock)
    monkeypatch.setattr(update_advisories, "environment", lambda: Environment(rematch_images_function="rematch"))
    return made


def test_only_a_promoted_database_starts_a_rematch(bench: Bench) -> None:
    assert bench.run("r2", previous="r1") == {
        "promoted": True,
        "revision": "r2",
        "stale_sources": 1,
        "detail": "why",
    }
    assert [payload for _, payload, _ in bench.starter.started] == [
        {"revision": "r2", "after": "", "failed": 0, "share": share, "shares": 8, "run": "20261101T130000Z"}
        for share in _SHARES
    ]
    (record,) = bench.recorded()
    assert (record.by, record.action) == ("pratique", "advisories promoted")
    assert [event.id for event in bench.stores.events.unsent([_STALE])] == [_STALE]
    bench.shares()
    assert bench.run("r2", previous="r2") == {
        "promoted": False,
        "revision": "r2",
        "stale_sources": 1,
        "detail": "why",
    }
    assert (bench.shares(), bench.recorded()) == ([], [record])


@pytest.mark.parametrize("breaks", [("announce", 1), ("start", 1), ("start", 5), ("record", 1)])
def test_rematch_and_record_of_a_promotion_are_made_up_for_by_the_next_update(
    bench: Bench, breaks: tuple[str, int]
) -> None:
    bench.run("r1", previous="")
    bench.shares()
    bench.breaks = breaks
    with pytest.raises(StoreError, match=f"cannot {breaks[0]}"):
        bench.run("r2", previous="r1")
    bench.shares()
    assert bench.run("r2", previous="r2")["promoted"] is False
    assert bench.shares() == _SHARES
    promotion = bench.recorded()[0]
    assert (promotion.before, promotion.after) == ({"revision": "r1"}, {"revision": "r2", "detail": "why"})
    bench.run("r2", previous="r2")
    assert bench.shares() == []
    assert len(bench.recorded()) == 2


def test_return_to_an_earlier_revision_is_followed_too(bench: Bench) -> None:
    for before, revision in (("", "r1"), ("r1", "r2"), ("r2", "r1")):
        bench.run(revision, previous=before)
        assert bench.shares() == _SHARES, revision


def test_update_that_was_held_back_is_announced_and_counted(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.run("r1", previous="")
    bench.shares()
    capsys.readouterr()
    bench.run("r2", previous="r1", lost=("CVE-1",))
    held = event_id(EventKind.ADVISORY_UPDATE_HELD_BACK, "r2", "r1")
    assert [event.id for event in bench.stores.events.unsent([held])] == [held]
    metrics = json.loads(next(line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line))
    assert (metrics["AdvisoryUpdatesHeldBack"], metrics["StaleAdvisorySources"]) == ([1.0], [1.0])
    assert bench.shares() == []
    assert {record.action for record in bench.recorded()} == {"advisories promoted", "advisories held back"}
