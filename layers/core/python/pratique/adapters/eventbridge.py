"""Events on an EventBridge bus.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html: ten entries and 1 MB a call; single
entries may fail.  The event's own id is in its detail, for EventBridge gives one of its own to every call.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from pratique.adapters.dynamodb_table import store_error
from pratique.errors import StoreError
from pratique.ports.events import Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

_log = logging.getLogger(__name__)

SOURCE = "pratique"
_ENTRIES = 10
# Half of what a call may carry: the rest of an entry counts too.
_CALL_BYTES = 500_000


class EventBridgeBus:
    """`EventBus` on one bus, by its name or ARN."""

    def __init__(self, client: EventBridgeClient, bus: str) -> None:
        """Send through ``client``."""
        self._client = client
        self._bus = bus

    def send(self, events: Sequence[Event]) -> tuple[str, ...]:
        """Send in calls of ten; an entry that fails is left out of the answer."""
        taken: list[str] = []
        for batch in _batches([(event, self._entry(event)) for event in events]):
            try:
                answer = self._client.put_events(Entries=[entry for _, entry in batch])
            except (ClientError, BotoCoreError) as error:
                if taken:
                    break
                raise store_error(error, f"sending events to {self._bus}") from error
            for (event, _), result in zip(batch, answer["Entries"], strict=True):
                if "ErrorCode" in result:
                    _log.warning("event not taken", extra={"event": event.id, "reason": result["ErrorCode"]})
                else:
                    taken.append(event.id)
        if events and not taken:
            raise StoreError(f"the bus {self._bus} took no event", retryable=True)
        return tuple(taken)

    def _entry(self, event: Event) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": event.kind.value,
            "Time": event.at,
            "Resources": list(event.about),
            "Detail": json.dumps({"event_id": event.id, "schema_version": "1", **event.detail}),
        }


def _batches(
    entries: Sequence[tuple[Event, PutEventsRequestEntryTypeDef]],
) -> Iterator[list[tuple[Event, PutEventsRequestEntryTypeDef]]]:
    batch: list[tuple[Event, PutEventsRequestEntryTypeDef]] = []
    size = 0
    for event, entry in entries:
        more = len(entry["Detail"])
        if batch and (len(batch) == _ENTRIES or size + more > _CALL_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((event, entry))
        size += more
    if batch:
        yield batch
