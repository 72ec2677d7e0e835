from __future__ import annotations

import pytest

import functions.send_events.handler as send_events
from pratique.services.send_events import recorded_events
from tests.functions.sample_event import lambda_context, sample_event


def test_batch_is_sent_and_its_number_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[object] = []

    def send(records: object) -> int:
        batches.append(records)
        return 1

    event = sample_event("send_events")
    monkeypatch.setattr(send_events, "send_events", lambda: send)
    assert send_events.lambda_handler(event, lambda_context("send-events")) == {"sent": 1}
    assert batches == [event["Records"]]


def test_service_takes_records_as_the_stream_sends_them() -> None:
    records = sample_event("send_events")["Records"]
    assert recorded_events(records) == ("0123456789abcdef0123456789abcdef",)
    assert recorded_events([{**records[0], "eventName": "MODIFY"}]) == ()
    assert recorded_events(sample_event("aggregate_findings")["Records"]) == ()
