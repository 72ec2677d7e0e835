"""A bus that remembers what was sent on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pratique.errors import StoreError
from pratique.ports.events import Event


@dataclass
class FakeBus:
    """Implements the EventBus port; it takes at most ``room`` events of a call."""

    events: list[Event] = field(default_factory=list)
    room: int = 1000

    def send(self, events: Sequence[Event]) -> tuple[str, ...]:
        taken = events[: self.room]
        if not taken:
            raise StoreError("the bus is full", retryable=True)
        self.events.extend(taken)
        return tuple(event.id for event in taken)
