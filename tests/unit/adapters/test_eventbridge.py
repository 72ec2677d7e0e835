"""Sending events, against botocore's own stubbed client."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from pratique.adapters.eventbridge import EventBridgeBus
from pratique.errors import StoreError
from pratique.ports.events import Event, EventKind, event_id
from tests.finding_builder import NOON


def event(number: int, size: int = 10) -> Event:
    kind = EventKind.SCAN_FAILED
    return Event(event_id(kind, str(number)), kind, NOON, ("ALL",), {"summary": "x" * size})


class Bus:
    def __init__(self) -> None:
        client = boto3.client("events", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.stub = Stubber(client)
        self.bus = EventBridgeBus(client, "default")

    def will_take(self, number: int, *, failing: tuple[int, ...] = ()) -> None:
        entries: list[dict[str, Any]] = [
            {"ErrorCode": "ThrottlingException"} if place in failing else {"EventId": str(place)}
            for place in range(number)
        ]
        answer = {"FailedEntryCount": len(failing), "Entries": entries}
        self.stub.add_response("put_events", answer, {"Entries": [ANY] * number})


@pytest.fixture
def bus() -> Bus:
    return Bus()


def test_events_go_in_calls_of_ten_and_say_what_they_are(bus: Bus) -> None:
    detail = json.dumps({"event_id": event(0).id, "schema_version": "1", "summary": "x" * 10})
    entry = {
        "EventBusName": "default", "Source": "pratique", "DetailType": "Scan failed", "Time": NOON,
        "Resources": ["ALL"], "Detail": detail,
    }  # fmt: skip
    answer = {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}] * 10}
    bus.stub.add_response("put_events", answer, {"Entries": [entry, *[ANY] * 9]})
    bus.will_take(2)
    events = [event(number) for number in range(12)]
    with bus.stub:
        assert bus.bus.send(events) == tuple(one.id for one in events)
        assert bus.bus.send([]) == ()


def test_large_events_go_in_calls_of_their_own(bus: Bus) -> None:
    bus.will_take(1)
    bus.will_take(1)
    with bus.stub:
        assert len(bus.bus.send([event(number, 300_000) for number in range(2)])) == 2


def test_entry_that_failed_is_left_out_of_the_answer(bus: Bus) -> None:
    bus.will_take(3, failing=(1,))
    with bus.stub:
        assert bus.bus.send([event(number) for number in range(3)]) == (event(0).id, event(2).id)


def test_bus_that_takes_nothing_is_an_error_that_may_pass(bus: Bus) -> None:
    bus.will_take(1, failing=(0,))
    bus.stub.add_client_error("put_events", "InternalException", http_status_code=500)
    with bus.stub:
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                bus.bus.send([event(0)])
            assert caught.value.retryable
