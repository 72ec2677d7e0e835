from __future__ import annotations

from collections.abc import Sequence

import pytest

import functions.analyze_layer.handler as analyze_layer
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.digest import DiffId
from pratique.model.image import Layer
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.analyze_layer import LayerFailed, LayerHeld, LayerOutcome, LayerRead
from tests.fakes.clock import FakeClock
from tests.fakes.costs import running_cost
from tests.fakes.dynamodb import FakeDynamo
from tests.finding_builder import NOON
from tests.functions.sample_event import lambda_context, sample_event

CONTEXT = lambda_context("analyze-layer")
EVENT = sample_event("analyze_layer")


class FakeAnalyzeLayer:
    analyzer = "v1"

    def __init__(self, outcome: LayerOutcome) -> None:
        self.outcome = outcome
        self.asked: list[tuple[str, str, Layer, str]] = []
        self.read: frozenset[DiffId] = frozenset()

    def known(self, diff_ids: Sequence[DiffId]) -> frozenset[DiffId]:
        return self.read.intersection(diff_ids)

    def __call__(self, instance: str, repository: str, layer: Layer, *, owner: str) -> LayerOutcome:
        self.asked.append((instance, repository, layer, owner))
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "answer", "layers_done"),
    [
        (LayerRead("key", 29124608), {"status": "read", "analyzer": "v1", "read_bytes": 29124608}, 1),
        (LayerHeld(40), {"status": "held", "seconds": 40}, 0),
        (LayerFailed("cut short", retryable=True), {"status": "failed", "reason": "cut short", "retryable": True}, 0),
    ],
)
def test_layer_is_answered_as_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, outcome: LayerOutcome, answer: dict[str, object], layers_done: int
) -> None:
    service = FakeAnalyzeLayer(outcome)
    stores: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
    stores.scans.start(ScanRecord(EVENT["scan_id"], "push", "ALL", ScanState.RUNNING, NOON, None, 1, 0, 1, 0))
    monkeypatch.setattr(analyze_layer, "analyze_layer", lambda: service)
    monkeypatch.setattr(analyze_layer, "stores", lambda: stores)
    monkeypatch.setattr(analyze_layer, "running_cost", lambda _context: running_cost(stores))
    answered = analyze_layer.lambda_handler(EVENT, CONTEXT)
    assert answered.pop("cost") > 0
    assert answered == {"analyzer": "", "read_bytes": 0, "seconds": 0, "reason": "", "retryable": False} | answer
    [(instance, repository, layer, owner)] = service.asked
    assert (instance, repository, owner) == (EVENT["instance"], EVENT["repository"], EVENT["owner"])
    assert (layer.digest, layer.diff_id) == (EVENT["layer"]["digest"], EVENT["layer"]["diff_id"])
    assert sum(image.layers_done for image in stores.scans.images(EVENT["scan_id"], after="", limit=9)) == layers_done
    assert stores.spending.of(FakeClock().now().date().isoformat()) > 0


def test_layer_of_a_stopped_scan_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    service = FakeAnalyzeLayer(LayerRead("key", 1))
    stores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
    stores.scans.start(ScanRecord(EVENT["scan_id"], "request", "ALL", ScanState.RUNNING, NOON, None, 1, 0, 1, 0))
    stores.scans.end(EVENT["scan_id"], ScanState.STOPPED, at=NOON, detail="stopped by ann")
    monkeypatch.setattr(analyze_layer, "analyze_layer", lambda: service)
    monkeypatch.setattr(analyze_layer, "stores", lambda: stores)
    assert analyze_layer.lambda_handler(EVENT, CONTEXT)["status"] == "stopped"
    assert service.asked == []


def test_known_layers_of_an_image_are_told_and_count_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    service = FakeAnalyzeLayer(LayerRead("key", 1))
    stores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
    stores.scans.start(ScanRecord(EVENT["scan_id"], "push", "ALL", ScanState.RUNNING, NOON, None, 1, 0, 1, 0))
    monkeypatch.setattr(analyze_layer, "analyze_layer", lambda: service)
    monkeypatch.setattr(analyze_layer, "stores", lambda: stores)
    monkeypatch.setattr(analyze_layer, "running_cost", lambda _context: running_cost(stores))
    other = EVENT["layer"] | {"diff_id": f"sha256:{'5' * 64}", "index": 1}
    service.read = frozenset({EVENT["layer"]["diff_id"]})
    asked = {name: EVENT[name] for name in ("scan_id", "instance", "repository", "digest")}
    answer = analyze_layer.lambda_handler(asked | {"layers": [EVENT["layer"], other]}, CONTEXT)
    assert answer.pop("cost") > 0
    assert answer == {"analyzer": "v1", "known": (EVENT["layer"]["diff_id"],)}
    [image] = stores.scans.images(EVENT["scan_id"], after="", limit=9)
    assert (image.layers_done, image.bytes_done) == (1, EVENT["layer"]["size"])
    assert service.asked == []
