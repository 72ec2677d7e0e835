"""Sending events."""

from __future__ import annotations

from functools import cache

from pratique.adapters.eventbridge import EventBridgeBus
from pratique.services.send_events import SendEvents
from pratique.wiring.environment import environment
from pratique.wiring.stores import aws, clock, stores


@cache
def send_events() -> SendEvents:
    """Return the use case of ``send_events``."""
    bus = EventBridgeBus(aws().events(), environment().need("event_bus"))
    kept = stores()
    return SendEvents(kept.events, kept.findings, kept.lineage, bus, clock())
