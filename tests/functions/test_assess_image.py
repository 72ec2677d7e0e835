from __future__ import annotations

from collections.abc import Sequence

import pytest

import functions.assess_image.handler as assess_image
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.coverage import Reason, ReasonCode, ScanStatus
from pratique.model.image import ImageId
from pratique.ports.findings import AssessmentChange
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.assess_image import Assessment
from tests.fakes.clock import FakeClock
from tests.fakes.costs import running_cost
from tests.fakes.dynamodb import FakeDynamo
from tests.finding_builder import NOON
from tests.functions.sample_event import lambda_context, sample_event

EVENT = sample_event("assess_image")
CHANGE = AssessmentChange(added=("CVE-1", "CVE-2"), fixed=("CVE-3",), samples_added=(), writes=4)


@pytest.mark.parametrize(
    ("assessment", "answer"),
    [
        (Assessment(ScanStatus.PARTIAL, CHANGE), {"status": "partial", "added": 2, "fixed": 1, "samples_added": 0}),
        (Assessment(ScanStatus.FAILED, None), {"status": "failed", "added": 0, "fixed": 0, "samples_added": 0}),
        (Assessment(None, None), {"status": "superseded", "added": 0, "fixed": 0, "samples_added": 0}),
    ],
)
def test_assessment_is_answered_with_its_status_and_counts(
    monkeypatch: pytest.MonkeyPatch, assessment: Assessment, answer: dict[str, object]
) -> None:
    asked: list[tuple[ImageId, Sequence[str], Sequence[Reason]]] = []

    def assess(
        image: ImageId, *, tags: Sequence[str], analyzer: str = "", failures: Sequence[Reason] = ()
    ) -> Assessment:
        assert analyzer == EVENT.get("analyzer", "")
        asked.append((image, tags, failures))
        return assessment

    stores: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
    stores.scans.start(ScanRecord(EVENT["scan_id"], "push", "ALL", ScanState.RUNNING, NOON, None, 1, 0, 1, 0))
    monkeypatch.setattr(assess_image, "assess_image", lambda: assess)
    monkeypatch.setattr(assess_image, "stores", lambda: stores)
    monkeypatch.setattr(assess_image, "clock", FakeClock)
    monkeypatch.setattr(assess_image, "running_cost", lambda _context: running_cost(stores))
    assert assess_image.lambda_handler(EVENT, lambda_context("assess-image")) == answer
    [(image, tags, failures)] = asked
    assert (str(image), tags) == (f"{EVENT['instance']}/{EVENT['repository']}@{EVENT['digest']}", ["1.4.2"])
    assert failures == [Reason(ReasonCode.LAYER_NOT_READ, "the layer is cut short", layer="sha256:" + "c" * 64)]
    record = stores.scans.get(EVENT["scan_id"])
    assert record is not None
    assert record.images_done == getattr(record, str(answer["status"])) == 1
    assert record.added == answer["added"]
    assert record.cost > stores.spending.of(FakeClock().now().date().isoformat()) > 0
