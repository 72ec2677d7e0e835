"""Calls the deployed API handler with the event that API Gateway sends, changed as a test needs it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.serve_api.handler import lambda_handler
from pratique.local.context import LocalContext
from pratique.services.end_scan import EndScan
from pratique.services.estimate_scan import EstimateScan
from pratique.services.rule_sets import RuleSets
from pratique.services.start_hunt import StartHunt
from pratique.services.start_scan import StartScan
from pratique.services.stop_scan import StopScan
from pratique.wiring import hunting, queries, samples, scans
from tests.fakes.estate import FakeEstate, fake_estate
from tests.fakes.objects import MemoryObjects
from tests.fakes.starter import FakeStarter

EVENT = json.loads((Path(__file__).resolve().parents[2] / "events" / "serve_api.json").read_text())
BOTH = "pratique/read pratique/operate"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


def api_event(
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    scope: str = BOTH,
    request_id: str = "request-1",
) -> dict[str, Any]:
    """``body`` is sent as JSON, a text as it is."""
    event: dict[str, Any] = copy.deepcopy(EVENT)
    event["rawPath"] = path
    event["rawQueryString"] = urlencode(query or {})
    event["queryStringParameters"] = dict(query or {})
    event["headers"] |= dict(headers or {})
    context = event["requestContext"]
    context["http"] |= {"method": method, "path": path}
    context["requestId"] = request_id
    context["authorizer"]["jwt"]["claims"]["scope"] = scope
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
        event["headers"].setdefault("content-type", "application/json")
    return event


def invoke(event: Mapping[str, Any]) -> Answer:
    answer = lambda_handler(dict(event), LocalContext("serve_api"))  # type: ignore[arg-type]  # a stand-in for Lambda's
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


@dataclass
class Api:
    """The handler on an estate in memory."""

    estate: FakeEstate = field(default_factory=fake_estate)
    starter: FakeStarter = field(default_factory=FakeStarter)
    objects: MemoryObjects = field(default_factory=MemoryObjects)

    def wire(self, monkeypatch: pytest.MonkeyPatch) -> None:
        estate = self.estate
        start = StartScan(estate.stores.scans, self.starter, estate.clock, "rescan:live")
        monkeypatch.setattr(queries, "reading", lambda: estate.reading)
        monkeypatch.setattr(scans, "start_scan", lambda: start)
        monkeypatch.setattr(samples, "allow_samples", lambda: estate.allow_samples)
        hunt = StartHunt(estate.stores.scans, self.starter, estate.clock, "hunt-samples:live")
        monkeypatch.setattr(hunting, "start_hunt", lambda: hunt)
        monkeypatch.setattr(hunting, "rule_sets", lambda: RuleSets(self.objects))
        kept = estate.stores
        stop = StopScan(kept.scans, EndScan(kept.scans, kept.events, estate.clock))
        monkeypatch.setattr(scans, "stop_scan", lambda: stop)
        estimate = EstimateScan(kept.catalog, kept.layers, self.objects, kept.settings)
        monkeypatch.setattr(scans, "estimate_scan", lambda: estimate)

    def call(self, method: str, path: str, **changes: Any) -> Answer:
        return invoke(api_event(method, path, **changes))

    def get(self, path: str, **query: str) -> Answer:
        return self.call("GET", path, query=query)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    wired = Api()
    wired.wire(monkeypatch)
    return wired
