from __future__ import annotations

import json
from typing import Any

import pytest

import functions.receive_webhook.handler as receive_webhook
from pratique.errors import RegistryError
from pratique.model.settings import Registry, Settings
from pratique.services.receive_push import ReceivePush
from pratique.services.receive_webhook import ReceiveWebhook
from pratique.services.retire_image import RetireImage
from tests.fakes.clock import FakeClock
from tests.fakes.world import World
from tests.finding_builder import NOON
from tests.functions.sample_event import lambda_context, sample_event

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pratique/harbor-hook-AbCdEf"
CONTEXT = lambda_context("receive-webhook")


class Bench:
    def __init__(self) -> None:
        self.world = World(lambda: None)  # type: ignore[arg-type,return-value] # nothing is assessed
        kept, clock = self.world.stores, FakeClock()
        registries = (
            Registry("harbor", url="https://harbor.example.com", webhook_secret=ARN),
            Registry("silent", url="https://silent.example.com"),
        )
        kept.settings.put(Settings(registries=registries), expected_version=0, by="ann", now=NOON)
        retire = RetireImage(kept.findings, self.world.registry, clock)
        receive = ReceivePush(
            kept.scans, self.world.starter, kept.tags, kept.settings, retire, clock, "scan_image", "own"
        )
        self.service = ReceiveWebhook(kept.settings, {ARN: "shared-secret"}.__getitem__, receive)

    def call(self, event: dict[str, Any]) -> int:
        return int(receive_webhook.lambda_handler(event, CONTEXT)["statusCode"])

    def scopes(self) -> list[str]:
        return [scan.scope for scan in self.world.stores.scans.page(after="", limit=9, now=FakeClock().now()).scans]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench()
    monkeypatch.setattr(receive_webhook, "receive_webhook", lambda: bench.service)
    return bench


def test_push_starts_one_scan_however_often_it_is_sent(bench: Bench) -> None:
    for _ in range(3):
        assert bench.call(sample_event("receive_webhook")) == 202
    assert bench.scopes() == ["IMG#harbor/shop/web@sha256:" + "7" * 64]
    ((_, payload, _),) = bench.world.starter.started
    assert (payload["instance"], payload["tag"]) == ("harbor", "1.4.2")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v1/webhooks/harbor", "another"),
        ("/v1/webhooks/harbor", ""),
        ("/v1/webhooks/silent", "shared-secret"),
        ("/v1/webhooks/unknown", "shared-secret"),
    ],
)
def test_caller_without_the_registrys_secret_is_refused(bench: Bench, path: str, sent: str) -> None:
    event = sample_event("receive_webhook")
    event["rawPath"], event["headers"]["authorization"] = path, sent
    assert bench.call(event) == 401
    assert bench.scopes() == []


@pytest.mark.parametrize("body", ["", "{}", "[]", "no json", json.dumps({"type": "PUSH_ARTIFACT", "occur_at": 1})])
def test_what_is_no_event_is_refused(bench: Bench, body: str) -> None:
    assert bench.call({**sample_event("receive_webhook"), "body": body}) == 400


def changed(**changes: Any) -> dict[str, Any]:
    event = sample_event("receive_webhook")
    return {**event, "body": json.dumps({**json.loads(event["body"]), **changes})}


def test_other_events_are_ignored(bench: Bench) -> None:
    assert bench.call(changed(type="SCANNING_COMPLETED")) == 202
    assert bench.scopes() == []


def test_deletion_asks_the_registry_and_is_asked_for_again_where_it_is_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.call(changed(type="DELETE_ARTIFACT")) == 202

    def away(_instance: str, _repository: str) -> None:
        raise RegistryError("away", retryable=True)

    monkeypatch.setattr(bench.world.registry, "open", away)
    assert bench.call(changed(type="DELETE_ARTIFACT")) == 503


def test_events_of_an_account_that_the_settings_do_not_name_start_nothing(bench: Bench) -> None:
    event = sample_event("receive_webhook")
    bench.world.stores.settings.put(Settings(), expected_version=1, by="ann", now=NOON)
    assert bench.call(event) == 401
    assert bench.scopes() == []
