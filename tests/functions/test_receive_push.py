from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

import functions.receive_push.handler as receive_push
from pratique.services.receive_push import ImageEvent
from tests.functions.sample_event import lambda_context, sample_event

CONTEXT = lambda_context("receive-push")


class FakeReceivePush:
    def __init__(self) -> None:
        self.calls: list[tuple[str, ImageEvent]] = []

    def pushed(self, event: ImageEvent) -> str | None:
        self.calls.append(("pushed", event))
        return None if event.image.repository == "left/out" else "SCAN"

    def deleted(self, event: ImageEvent) -> bool:
        self.calls.append(("deleted", event))
        return event.tag == ""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeReceivePush:
    service = FakeReceivePush()
    monkeypatch.setattr(receive_push, "receive_push", lambda: service)
    return service


def test_push_event_starts_a_scan_of_its_image(service: FakeReceivePush) -> None:
    assert receive_push.lambda_handler(sample_event("receive_push"), CONTEXT) == {
        "outcome": "started",
        "scan_id": "SCAN",
    }
    [(what, event)] = service.calls
    assert what == "pushed"
    assert str(event.image) == "123456789012.eu-central-1/shop/web@sha256:" + "7" * 64
    assert (event.tag, event.at) == ("1.4.2", datetime(2026, 11, 23, 14, 5, 31, tzinfo=UTC))


@pytest.mark.parametrize(("tag", "outcome"), [("1.4.2", "kept"), (None, "retired")])
def test_delete_event_retires_what_the_registry_lacks(service: FakeReceivePush, tag: str | None, outcome: str) -> None:
    event = sample_event("receive_push")
    event["detail"]["action-type"] = "DELETE"
    if tag is None:
        del event["detail"]["image-tag"]
    assert receive_push.lambda_handler(event, CONTEXT) == {"outcome": outcome}


def test_push_that_the_settings_do_not_choose_says_so(service: FakeReceivePush) -> None:
    event = sample_event("receive_push")
    event["detail"]["repository-name"] = "left/out"
    assert receive_push.lambda_handler(event, CONTEXT) == {"outcome": "not chosen"}


@pytest.mark.parametrize(
    ("artifact", "outcome"),
    [
        ("application/vnd.cncf.helm.config.v1+json", "ignored"),
        ("application/vnd.oci.empty.v1+json", "ignored"),
        ("application/vnd.oci.image.config.v1+json", "started"),
        ("application/vnd.docker.container.image.v1+json", "started"),
        (None, "started"),
    ],
)
def test_event_of_either_schema_is_about_an_image_or_ignored(
    service: FakeReceivePush, artifact: str | None, outcome: str
) -> None:
    event = sample_event("receive_push")
    event["detail"].pop("artifact-media-type", None)
    event["detail"].pop("manifest-media-type", None)
    if artifact is not None:
        event["detail"] |= {
            "manifest-media-type": "application/vnd.oci.image.manifest.v1+json",
            "artifact-media-type": artifact,
        }
    assert receive_push.lambda_handler(event, CONTEXT)["outcome"] == outcome


def test_push_that_failed_starts_nothing(service: FakeReceivePush) -> None:
    event = sample_event("receive_push")
    event["detail"]["result"] = "FAILURE"
    assert receive_push.lambda_handler(event, CONTEXT) == {"outcome": "ignored"}
    assert service.calls == []


@pytest.mark.filterwarnings("ignore:No application metrics")
@pytest.mark.parametrize("missing", ["repository-name", "image-digest", "action-type", "result"])
def test_event_that_lacks_a_field_is_refused_by_its_name(service: FakeReceivePush, missing: str) -> None:
    event = sample_event("receive_push")
    del event["detail"][missing]
    with pytest.raises(ValidationError, match=missing):
        receive_push.lambda_handler(event, CONTEXT)
    assert service.calls == []
