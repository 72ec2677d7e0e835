"""EventBridge's schedules on one machine: starts functions at their periods."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

from pratique.local import ACCOUNT, REGION
from pratique.local.functions import LocalFunctions

HOUR = 3600.0


class Schedule:
    """Starts each function once at the beginning and then at its period, in seconds."""

    def __init__(self, functions: LocalFunctions, periods: Mapping[str, float]) -> None:
        """Start nothing yet."""
        self._functions = functions
        self._periods = dict(periods)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Start nothing more."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        due = dict.fromkeys(self._periods, time.monotonic())
        while due:
            name = min(due, key=lambda function: due[function])
            if self._stop.wait(max(0.0, due[name] - time.monotonic())):
                return
            self._functions.start(name, _scheduled_event())
            due[name] += self._periods[name]


def _scheduled_event() -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [],
        "detail": {},
    }
