from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import functions.rescan.handler as rescan
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.image import ImageId
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.end_scan import EndScan
from pratique.wiring.environment import Environment
from tests.durable import durable_runner
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.starter import FakeStarter
from tests.finding_builder import NOON, image_id
from tests.functions.sample_event import sample_event

EVENT = sample_event("rescan")


class Stores:
    """The scans of a fake table, and a catalog of any length."""

    def __init__(self, images: list[ImageId]) -> None:
        kept: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.scans = kept.scans
        self.events = kept.events
        self.catalog = self
        self._images = sorted(images, key=str)

    def images(self, scope: str, *, after: str = "") -> Iterator[ImageId]:
        assert scope == EVENT["scope"]
        return (image for image in self._images if str(image) > after)


def run(
    monkeypatch: pytest.MonkeyPatch, stores: Stores, statuses: dict[str, str]
) -> tuple[Any, list[str], FakeStarter]:
    scanned: list[str] = []
    starter = FakeStarter()
    stores.scans.start(
        ScanRecord(EVENT["scan_id"], "request", EVENT["scope"], ScanState.QUEUED, NOON, None, 0, 0, 0, 0)
    )

    def scan_image(event: dict[str, Any], _context: object) -> dict[str, str]:
        scanned.append(event["digest"])
        assert (event["scan_id"], event["part"]) == (EVENT["scan_id"], True)
        return {"status": statuses.get(event["digest"], "complete"), "detail": ""}

    settings = Environment(scan_image_function="scan-image", rescan_function="rescan")
    monkeypatch.setattr(rescan, "environment", lambda: settings)
    monkeypatch.setattr(rescan, "stores", lambda: stores)
    monkeypatch.setattr(rescan, "starter", lambda: starter)
    monkeypatch.setattr(rescan, "end_scan", lambda: EndScan(stores.scans, stores.events, FakeClock()))
    with durable_runner(rescan.lambda_handler) as runner:
        runner.register_function("scan-image", scan_image)
        result = runner.run(json.dumps(EVENT), execution_timeout=120)
    return json.loads(result.result or "null"), scanned, starter


def test_rescan_scans_every_image_of_its_scope_once_and_ends_as_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    images = [image_id(f"image {number}") for number in range(5)]
    stores = Stores(images)
    answer, scanned, _ = run(monkeypatch, stores, {images[3].digest: "partial"})
    assert answer == {"status": "partial", "after": ""}
    assert sorted(scanned) == sorted(image.digest for image in images)
    record = stores.scans.get(EVENT["scan_id"])
    assert record is not None
    assert (record.state, record.images) == (ScanState.PARTIAL, 5)
    assert record.ended is not None


def test_rescan_of_many_images_hands_over_to_a_next_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescan, "_PAGE", 3)
    monkeypatch.setattr(rescan, "_PAGES_AN_EXECUTION", 2)
    images = sorted((image_id(f"image {number}") for number in range(8)), key=str)
    stores = Stores(images)
    answer, scanned, starter = run(monkeypatch, stores, {images[0].digest: "failed"})
    assert answer == {"status": "running", "after": str(images[5])}
    assert len(scanned) == 6
    [(function, payload, name)] = starter.started
    assert (function, name) == ("rescan", f"{EVENT['scan_id']}-1")
    assert payload == {
        "scan_id": EVENT["scan_id"],
        "scope": EVENT["scope"],
        "after": str(images[5]),
        "part": 1,
        "worst": "failed",
    }
    record = stores.scans.get(EVENT["scan_id"])
    assert record is not None
    assert (record.state, record.images) == (ScanState.RUNNING, 6)


def test_rescan_of_an_empty_scope_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, scanned, _ = run(monkeypatch, Stores([]), {})
    assert (answer, scanned) == ({"status": "complete", "after": ""}, [])
