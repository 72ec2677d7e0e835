"""EventBridge on one machine: keeps what is sent in a file of JSON lines, one event each, for people and tests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pratique.local import ACCOUNT, REGION

EVENTS_FILE = "events.jsonl"


class EventSink:
    """Takes PutEvents calls and writes each entry as the event that a rule's target would get."""

    def __init__(self, path: Path) -> None:
        """Begin ``path`` anew."""
        self._path = path
        self._lock = Lock()
        path.write_text("")

    def put(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Keep every entry and answer as EventBridge does."""
        events = [_delivered(entry) for entry in request["Entries"]]
        with self._lock, self._path.open("a") as file:
            file.writelines(json.dumps(event) + "\n" for event in events)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": event["id"]} for event in events]}


def _delivered(entry: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.fromtimestamp(float(entry["Time"]), UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": ACCOUNT,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": list(entry.get("Resources", ())),
        "detail": json.loads(entry["Detail"]),
    }
