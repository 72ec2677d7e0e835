from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import functions.scan_image.handler as scan_image
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.errors import NotAnImage, RegistryError
from pratique.model.image import Image, ImageId
from pratique.ports.scans import ScannedImage, ScanRecord, ScanState
from pratique.services.end_scan import EndScan
from pratique.services.prices import orchestration_cost
from pratique.services.scan_gate import ScanGate
from pratique.wiring.environment import Environment
from tests.durable import durable_runner
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.finding_builder import NOON, image_id, resolved

IMAGE = image_id()
Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Bench:
    """The deployed handler in the SDK's local runner, with scripted functions behind it."""

    def __init__(self) -> None:
        self.stores: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.clock = FakeClock()
        self.images: tuple[Image, ...] = (resolved(IMAGE, layers=3),)
        self.resolve_error: RegistryError | None = None
        self.read: Answer = lambda event: {"status": "read", "analyzer": "v1", "read_bytes": event["layer"]["size"]}
        self.asked: list[dict[str, Any]] = []
        self.known: list[str] = []
        self.forgetful = False
        self.assessed: list[dict[str, Any]] = []
        self.failures: list[str] = []
        self.stores.scans.start(ScanRecord("SCAN", "push", f"IMG#{IMAGE}", ScanState.QUEUED, NOON, None, 1, 0, 0, 0))

    def resolve(self, _instance: str, _repository: str, reference: str) -> tuple[Image, ...]:
        if self.resolve_error is not None:
            raise self.resolve_error
        return tuple(image for image in self.images if reference in {image.digest, IMAGE.digest})

    def gate(self) -> ScanGate:
        kept = self.stores
        return ScanGate(kept.scans, kept.settings, kept.spending, kept.events, self.clock)

    def fail(self, image: ImageId, *, reason: str, tags: list[str]) -> None:
        assert (image.repository, tags) == (IMAGE.repository, ["1.0"])
        self.failures.append(reason)

    def analyze(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        if "layers" in event:
            if self.forgetful:
                raise RuntimeError("killed")
            return {
                "analyzer": "v1",
                "known": [d for d in self.known if d in {one["diff_id"] for one in event["layers"]}],
                "cost": 500,
            }
        self.asked.append(event)
        return self.read(event)

    def assess(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        self.assessed.append(event)
        status = "partial" if event["failures"] else "complete"
        name = f"{event['instance']}/{event['repository']}@{event['digest']}"
        ended = ScannedImage(name, ScanState(status), layers_done=event["layers_done"])
        self.stores.scans.end_image("SCAN", ended, now=NOON)
        return {"status": status, "added": 1, "fixed": 0, "samples_added": 0}

    def run(self) -> dict[str, Any]:
        with durable_runner(scan_image.lambda_handler) as runner:
            runner.register_durable_function("scan-image", scan_image.lambda_handler)
            runner.register_function("analyze-layer", self.analyze)
            runner.register_function("assess-image", self.assess)
            event = {
                "scan_id": "SCAN",
                "instance": IMAGE.instance,
                "repository": IMAGE.repository,
                "digest": IMAGE.digest,
                "tag": "1.0",
            }
            result = runner.run(json.dumps(event), execution_timeout=60)
        outcome: dict[str, Any] = json.loads(result.result or "null")
        return outcome

    @property
    def record(self) -> ScanRecord:
        record = self.stores.scans.get("SCAN")
        assert record is not None
        return record


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench()
    settings = Environment(
        analyze_layer_function="analyze-layer",
        assess_image_function="assess-image",
        scan_image_function="scan-image",
    )
    monkeypatch.setattr(scan_image, "environment", lambda: settings)
    monkeypatch.setattr(scan_image, "resolve_image", lambda: bench.resolve)
    monkeypatch.setattr(scan_image, "fail_image", lambda: bench.fail)
    monkeypatch.setattr(scan_image, "stores", lambda: bench.stores)
    monkeypatch.setattr(scan_image, "clock", lambda: bench.clock)
    monkeypatch.setattr(scan_image, "scan_gate", bench.gate)
    monkeypatch.setattr(scan_image, "end_scan", lambda: EndScan(bench.stores.scans, bench.stores.events, bench.clock))
    return bench


def test_scan_reads_every_layer_and_assesses_once(bench: Bench) -> None:
    assert bench.run() == {"status": "complete", "detail": ""}
    assert sorted(event["layer"]["index"] for event in bench.asked) == [0, 1, 2]
    assert [(event["digest"], event["analyzer"], event["tag"]) for event in bench.assessed] == [
        (IMAGE.digest, "v1", "1.0")
    ]
    assert (bench.record.state, bench.record.layers) == (ScanState.COMPLETE, 3)
    assert bench.record.ended is not None


def test_known_layers_are_asked_for_once_and_not_read(bench: Bench) -> None:
    bench.known = [bench.images[0].layers[0].diff_id, bench.images[0].layers[2].diff_id]
    assert bench.run() == {"status": "complete", "detail": ""}
    assert [event["layer"]["index"] for event in bench.asked] == [1]
    [assessed] = bench.assessed
    assert (assessed["layers_done"], assessed["analyzer"]) == (3, "v1")
    assert assessed["bytes_done"] == sum(layer.size for layer in bench.images[0].layers)


def test_image_costs_what_its_invocations_did_and_the_checkpoints_between_them(bench: Bench) -> None:
    good = bench.read
    bench.read = lambda event: good(event) | {"cost": 7000}
    bench.known = [bench.images[0].layers[0].diff_id]
    bench.run()
    assert bench.assessed[0]["cost"] == 500 + 2 * 7000 + orchestration_cost(2)


def test_scan_of_known_layers_only_reads_none(bench: Bench) -> None:
    bench.known = [layer.diff_id for layer in bench.images[0].layers]
    assert bench.run() == {"status": "complete", "detail": ""}
    assert bench.asked == []
    assert bench.assessed[0]["layers_done"] == 3


def test_without_an_answer_about_known_layers_all_are_read(bench: Bench) -> None:
    bench.forgetful = True
    assert bench.run() == {"status": "complete", "detail": ""}
    assert len(bench.asked) == 3


def test_layer_that_fails_for_good_makes_the_scan_partial_with_its_reason(bench: Bench) -> None:
    good = bench.read
    bench.read = lambda event: (
        {"status": "failed", "reason": "the digest is wrong"} if event["layer"]["index"] == 1 else good(event)
    )
    assert bench.run() == {"status": "partial", "detail": "the digest is wrong"}
    assert [failure["reason"] for failure in bench.assessed[0]["failures"]] == ["the digest is wrong"]
    assert len(bench.asked) == 3


def test_layer_that_fails_for_now_is_tried_again(bench: Bench) -> None:
    good = bench.read
    tries: list[int] = []

    def second_time(event: dict[str, Any]) -> dict[str, Any]:
        tries.append(event["layer"]["index"])
        if event["layer"]["index"] == 0 and tries.count(0) == 1:
            return {"status": "failed", "reason": "429", "retryable": True}
        return good(event)

    bench.read = second_time
    assert bench.run()["status"] == "complete"
    assert tries.count(0) == 2


def test_layer_whose_worker_dies_is_tried_again_and_then_said_to_be_lost(bench: Bench) -> None:
    good = bench.read

    def dying(event: dict[str, Any]) -> dict[str, Any]:
        if event["layer"]["index"] == 2:
            raise RuntimeError("killed")
        return good(event)

    bench.read = dying
    outcome = bench.run()
    assert outcome["status"] == "partial"
    assert "killed" in outcome["detail"]
    assert len([event for event in bench.asked if event["layer"]["index"] == 2]) == 3


def test_layer_that_another_worker_reads_is_waited_for(bench: Bench) -> None:
    good = bench.read
    answers = iter([{"status": "held", "seconds": 20}] * 2)
    bench.read = lambda event: next(answers, good(event)) if event["layer"]["index"] == 0 else good(event)
    assert bench.run()["status"] == "complete"


def test_image_that_cannot_be_resolved_ends_failed_with_its_reason(bench: Bench) -> None:
    bench.resolve_error = RegistryError("no such manifest")
    outcome = bench.run()
    assert outcome["status"] == "failed"
    assert "no such manifest" in outcome["detail"]
    assert bench.failures == [outcome["detail"]]
    assert bench.record.state is ScanState.FAILED
    assert bench.asked == []


def test_index_is_one_child_scan_for_each_platform(bench: Bench) -> None:
    children = [resolved(image_id(f"child {number}"), layers=number + 1) for number in range(2)]
    bench.images = tuple(children)
    bench.read = lambda event: {"status": "read", "analyzer": "v1", "read_bytes": event["layer"]["size"]}
    assert bench.run()["status"] == "complete"
    assert {event["digest"] for event in bench.assessed} == {child.digest for child in children}
    assert (bench.record.images, bench.record.layers) == (2, 3)
    assert (bench.record.images, bench.record.images_done, bench.record.complete) == (2, 2, 2)
    assert (bench.record.layers, bench.record.layers_done) == (3, 3)


def test_artifact_that_is_no_image_ends_complete_and_leaves_no_image(bench: Bench) -> None:
    bench.resolve_error = NotAnImage("this is not a container image")
    assert bench.run() == {"status": "complete", "detail": "this is not a container image"}
    assert (bench.assessed, bench.failures) == ([], [])
    assert bench.record.state is ScanState.COMPLETE


def test_scan_stopped_in_the_middle_assesses_nothing_and_stays_stopped(bench: Bench) -> None:
    good = bench.read

    def stopped_after_the_first(event: dict[str, Any]) -> dict[str, Any]:
        if event["layer"]["index"] == 0:
            bench.stores.scans.end("SCAN", ScanState.STOPPED, at=NOON, detail="stopped by ann")
            return good(event)
        return {"status": "stopped", "reason": "the scan was stopped"}

    bench.read = stopped_after_the_first
    assert bench.run()["status"] == "stopped"
    assert (bench.assessed, bench.record.state, bench.record.detail) == ([], ScanState.STOPPED, "stopped by ann")
    assert (bench.record.stopped, bench.record.images_done) == (1, 1)


def test_scan_stopped_before_it_began_asks_no_registry(bench: Bench) -> None:
    bench.stores.scans.end("SCAN", ScanState.STOPPED, at=NOON, detail="stopped by ann")
    assert bench.run()["status"] == "stopped"
    assert bench.asked == []
