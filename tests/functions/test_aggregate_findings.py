from __future__ import annotations

import pytest

import functions.aggregate_findings.handler as aggregate_findings
from pratique.services.aggregate_findings import Aggregated, changed_images
from tests.functions.sample_event import lambda_context, sample_event


def test_batch_is_counted_and_its_numbers_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[object] = []

    def count(records: object) -> Aggregated:
        batches.append(records)
        return Aggregated(images=1, changed=1)

    event = sample_event("aggregate_findings")
    monkeypatch.setattr(aggregate_findings, "aggregate_findings", lambda: count)
    answered = aggregate_findings.lambda_handler(event, lambda_context("aggregate-findings"))
    assert answered == {"images": 1, "changed": 1}
    assert batches == [event["Records"]]


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_batch_that_fails_is_left_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_records: object) -> Aggregated:
        raise RuntimeError("throttled")

    monkeypatch.setattr(aggregate_findings, "aggregate_findings", lambda: fail)
    with pytest.raises(RuntimeError, match="throttled"):
        aggregate_findings.lambda_handler(sample_event("aggregate_findings"), lambda_context("aggregate-findings"))


def test_service_takes_records_as_the_stream_sends_them() -> None:
    images = changed_images(sample_event("aggregate_findings")["Records"])
    assert [str(image) for image in images] == ["123456789012.eu-central-1/shop/web@sha256:" + "7" * 64]
