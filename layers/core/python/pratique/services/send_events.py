"""Events were recorded: send each on the bus, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from pratique.errors import StoreError
from pratique.model.image import ImageId
from pratique.ports.clock import Clock
from pratique.ports.events import Event, EventBus, EventKind, EventOutbox
from pratique.ports.findings import FindingStore
from pratique.ports.lineage import Lineage
from pratique.services.tell_changes import tell_changes

_EVENT = "EVENT#"


def recorded_events(records: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return the ids of the events that records of the findings table's stream insert, in their order."""
    ids: dict[str, None] = {}
    for record in records:
        match record:
            case {"eventName": "INSERT", "dynamodb": {"Keys": {"PK": {"S": str(key)}}}} if key.startswith(_EVENT):
                ids[key.removeprefix(_EVENT)] = None
            case _:
                continue
    return tuple(ids)


class SendEvents(Struct, frozen=True):
    """Sends what the outbox holds.

    An event is marked as sent after the bus took it.  A worker that dies in between lets it be sent a second time,
    under the same id: that is all that can ever be repeated.
    """

    outbox: EventOutbox
    findings: FindingStore
    lineage: Lineage
    bus: EventBus
    clock: Clock

    def __call__(self, records: Iterable[Mapping[str, object]]) -> int:
        """Send what a batch of stream records inserted; return the number sent.

        Raises StoreError where something could not be sent: the batch may come again as a whole.
        """
        recorded = self.outbox.unsent(recorded_events(records))
        told = {event.id: self._told(event) for event in recorded}
        self.outbox.sent([identifier for identifier, event in told.items() if event is None], self.clock.now())
        events = [event for event in told.values() if event is not None]
        if not events:
            return 0
        taken = self.bus.send(events)
        self.outbox.sent(taken, self.clock.now())
        if len(taken) < len(events):
            raise StoreError(f"{len(events) - len(taken)} events were not taken by the bus", retryable=True)
        return len(taken)

    def _told(self, event: Event) -> Event | None:
        if event.kind not in {EventKind.FINDINGS_CHANGED, EventKind.URGENT_SAMPLE_FOUND}:
            return event
        image = self.findings.image(ImageId.parse(event.about[0]))
        layers = [layer.diff_id for layer in image.layers] if image else []
        return tell_changes(event, self.lineage.base(layers), self.lineage.inheriting(layers))
