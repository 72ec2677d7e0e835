from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import functions.rescan.handler as rescan
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.scope import Scope
from pratique.model.settings import Settings
from pratique.ports.events import EventKind, event_id
from pratique.ports.scans import ScannedImage, ScanRecord, ScanState
from pratique.services.end_scan import EndScan
from pratique.services.plan_scan import Plan, Planned
from pratique.services.scan_gate import ScanGate
from pratique.services.stop_scan import StopScan
from pratique.wiring.environment import Environment
from tests.durable import durable_runner
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.starter import FakeStarter
from tests.finding_builder import NOON, image_id
from tests.functions.sample_event import sample_event

EVENT = sample_event("rescan")


class Bench:
    """The deployed handler in the SDK's local runner; its plan and the scans of its images are scripted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, images: int) -> None:
        self.stores: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.starter = FakeStarter()
        self.images = [image_id(f"image {number}") for number in range(images)]
        self.problems: tuple[str, ...] = ()
        self.statuses: dict[str, str] = {}
        self.scanned: list[str] = []
        self.on_scan: Callable[[], None] = lambda: None
        self.stores.scans.start(
            ScanRecord(EVENT["scan_id"], "request", EVENT["scope"], ScanState.QUEUED, NOON, None, 0, 0, 0, 0)
        )
        kept, clock = self.stores, FakeClock()
        gate = ScanGate(kept.scans, kept.settings, kept.spending, kept.events, clock)
        settings = Environment(scan_image_function="scan-image", rescan_function="rescan")
        monkeypatch.setattr(rescan, "environment", lambda: settings)
        monkeypatch.setattr(rescan, "stores", lambda: kept)
        monkeypatch.setattr(rescan, "starter", lambda: self.starter)
        monkeypatch.setattr(rescan, "clock", lambda: clock)
        monkeypatch.setattr(rescan, "scan_gate", lambda: gate)
        monkeypatch.setattr(rescan, "plan_scan", lambda: self)
        monkeypatch.setattr(rescan, "end_scan", lambda: EndScan(kept.scans, kept.events, clock))

    def __call__(self, scan_id: str, scope: Scope, *, new_only: bool) -> Plan:
        assert (scan_id, str(scope), new_only) == (EVENT["scan_id"], EVENT["scope"], False)
        return Plan(tuple(Planned(str(image), "1.0") for image in self.images), problems=self.problems)

    def page(self, _scan_id: str, first: int, count: int) -> tuple[Sequence[Planned], int]:
        images = self(EVENT["scan_id"], Scope.parse(EVENT["scope"]), new_only=False).images
        return images[first : first + count], len(images)

    def scan(self, event: dict[str, Any], _context: object) -> dict[str, str]:
        assert (event["scan_id"], event["part"], event["push"], event["tag"]) == (EVENT["scan_id"], True, False, "1.0")
        self.scanned.append(event["digest"])
        self.on_scan()
        status = self.statuses.get(event["digest"], "complete")
        if status == "lost":
            raise RuntimeError("the execution was lost")
        name = f"{event['instance']}/{event['repository']}@{event['digest']}"
        self.stores.scans.end_image(event["scan_id"], ScannedImage(name, ScanState(status)), now=NOON)
        return {"status": status, "detail": ""}

    def run(self) -> Any:
        with durable_runner(rescan.lambda_handler) as runner:
            runner.register_function("scan-image", self.scan)
            result = runner.run(json.dumps(EVENT), execution_timeout=120)
        return json.loads(result.result or "null")

    @property
    def record(self) -> ScanRecord:
        record = self.stores.scans.get(EVENT["scan_id"])
        assert record is not None
        return record


def test_rescan_scans_every_image_of_its_plan_once_and_sums_them_up(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, 5)
    bench.statuses = {bench.images[3].digest: "partial"}
    assert bench.run() == {"status": "partial", "first": None}
    assert sorted(bench.scanned) == sorted(image.digest for image in bench.images)
    record = bench.record
    assert (record.state, record.images, record.images_done) == (ScanState.PARTIAL, 5, 5)
    assert (record.complete, record.partial) == (4, 1)
    assert record.ended is not None


def test_image_whose_scan_is_lost_ends_failed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, 2)
    bench.statuses = {bench.images[0].digest: "lost"}
    assert bench.run()["status"] == "partial"
    lost = [image for image in bench.stores.scans.images(EVENT["scan_id"], after="", limit=9) if image.detail]
    assert [(image.image, image.state) for image in lost] == [(str(bench.images[0]), ScanState.FAILED)]
    assert bench.record.images_done == 2


def test_rescan_of_many_images_hands_over_to_a_next_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescan, "_PAGE", 3)
    monkeypatch.setattr(rescan, "_PAGES_AN_EXECUTION", 2)
    bench = Bench(monkeypatch, 8)
    assert bench.run() == {"status": "running", "first": 6}
    assert len(bench.scanned) == 6
    [(function, payload, name)] = bench.starter.started
    assert (function, name) == ("rescan", f"{EVENT['scan_id']}-6")
    assert payload == {"scan_id": EVENT["scan_id"], "scope": EVENT["scope"], "first": 6, "new_only": False}
    assert (bench.record.state, bench.record.images, bench.record.images_done) == (ScanState.RUNNING, 8, 6)


def test_rescan_of_an_empty_scope_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, 0)
    assert (bench.run(), bench.scanned) == ({"status": "complete", "first": None}, [])


def test_registry_that_cannot_be_listed_makes_the_scan_partial(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, 1)
    bench.problems = ("ECR does not list what it holds",)
    assert bench.run()["status"] == "partial"
    assert bench.record.detail == "ECR does not list what it holds"


def test_stopped_rescan_begins_no_further_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescan, "_PAGE", 2)
    bench = Bench(monkeypatch, 6)
    stop = StopScan(bench.stores.scans, EndScan(bench.stores.scans, bench.stores.events, FakeClock()))

    def stop_now() -> None:
        stop(EVENT["scan_id"], by="ann")

    bench.on_scan = stop_now
    bench.run()
    assert len(bench.scanned) == 2
    assert (bench.record.state, bench.record.detail) == (ScanState.STOPPED, "stopped by ann")


def test_budget_that_is_spent_ends_the_rescan_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescan, "_PAGE", 2)
    bench = Bench(monkeypatch, 6)
    bench.stores.settings.put(Settings(daily_budget=0.5), expected_version=0, by="ann", now=NOON)
    bench.on_scan = lambda: bench.stores.spending.add("2026-11-01", 200_000)
    assert bench.run()["status"] == "stopped"
    assert len(bench.scanned) == 4
    assert "budget" in bench.record.detail
    spent = event_id(EventKind.BUDGET_REACHED, "2026-11-01")
    assert [event.id for event in bench.stores.events.unsent([spent])] == [spent]
