from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.errors import StoreError
from pratique.model.scope import Scope, ScopeKind
from pratique.model.settings import Cycle, Settings, Window
from pratique.ports.scans import ScanState
from pratique.services.start_scan import StartScan
from pratique.services.tick import Tick
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.starter import FakeStarter


class Bench:
    def __init__(self) -> None:
        self.stores: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.starter = FakeStarter()
        self.clock = FakeClock(datetime(2026, 11, 2, tzinfo=UTC))
        self.start = StartScan(self.stores.scans, self.starter, self.clock, "rescan:live")
        self.tick = Tick(self.stores.settings, self.start, self.clock)
        settings = Settings(Cycle.THREE_DAYS, Window.MORNING)
        self.stores.settings.put(settings, expected_version=0, by="ann", now=self.clock.now())

    def pass_(self, days: float) -> list[datetime]:
        """Tick every quarter of an hour, twice; end every scan at once; return when periodic ones were started."""
        started = []
        until = self.clock.now() + timedelta(days=days)
        while self.clock.now() < until:
            started += [self.clock.now() for _ in range(2) if self.tick() is not None]
            for _, _, name in self.starter.started:
                self.stores.scans.end(name, ScanState.COMPLETE, at=self.clock.now(), detail="")
            self.clock.move(minutes=15)
        return started

    def triggers(self) -> list[str]:
        records = [self.stores.scans.get(name) for _, _, name in self.starter.started]
        return [record.trigger for record in records if record]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_tick_starts_each_cycle_once_and_reconciles_daily(bench: Bench) -> None:
    started = bench.pass_(30)
    days = [moment.date().toordinal() for moment in started]
    assert {later - earlier for earlier, later in pairwise(days[1:])} == {3}
    assert len(started) in {10, 11}  # the first window after the deployment may lie between two cycles
    assert all(6 <= moment.hour < 12 for moment in started)
    assert bench.triggers().count("reconciliation") == 30
    payloads = [payload for _, payload, _ in bench.starter.started]
    assert sum(payload.get("new_only", False) is True for payload in payloads) == 30


def test_reconciliation_goes_on_when_periodic_scans_are_stopped(bench: Bench) -> None:
    bench.stores.settings.put(Settings(Cycle.STOP), expected_version=1, by="ann", now=bench.clock.now())
    assert bench.pass_(3) == []
    assert bench.triggers() == ["reconciliation"] * 3


def test_request_for_everything_is_not_given_a_reconciliation(bench: Bench) -> None:
    bench.tick()
    asked = bench.start(Scope(ScopeKind.ALL), trigger="request", at=bench.clock.now(), seed="request")
    assert asked.trigger == "request"
    assert bench.triggers() == ["reconciliation", "request"]


def test_scan_whose_start_failed_is_started_by_the_next_tick(bench: Bench) -> None:
    bench.clock.move(hours=11, minutes=30)
    bench.starter.down = True
    with pytest.raises(StoreError):
        bench.tick()
    bench.starter.down = False
    assert bench.tick() is not None
    assert bench.triggers() == ["schedule"]
