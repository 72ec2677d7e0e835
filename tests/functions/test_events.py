"""The sample events are what the functions take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pratique.envelopes.ecr_event import EcrEvent
from pratique.envelopes.payloads import (
    AnalyzeLayerRequest,
    AssessImageRequest,
    HuntRequest,
    RematchRequest,
    RescanRequest,
    ScanImageRequest,
)
from pratique.model.scope import Scope
from pratique.services.aggregate_findings import changed_images

EVENTS = Path(__file__).resolve().parents[2] / "events"
IMAGE = "123456789012.eu-central-1/shop/web@sha256:" + "7" * 64


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("scan_image", ScanImageRequest),
        ("analyze_layer", AnalyzeLayerRequest),
        ("assess_image", AssessImageRequest),
        ("rescan", RescanRequest),
        ("hunt_samples", HuntRequest),
        ("rematch_images", RematchRequest),
    ],
)
def test_payload_is_read_whole(name: str, model: type[BaseModel]) -> None:
    event = sample(name)
    assert model.model_validate(event).model_dump(mode="json", exclude_unset=True) == event


def test_push_is_about_the_image() -> None:
    event = EcrEvent.model_validate(sample("receive_push"))
    assert (str(event.image), event.detail.tag) == (IMAGE, "1.4.2")


def test_stream_records_name_the_changed_image_once() -> None:
    assert [str(image) for image in changed_images(sample("aggregate_findings")["Records"])] == [IMAGE]


def test_rescan_names_a_scope() -> None:
    assert str(Scope.parse(sample("rescan")["scope"])) == sample("rescan")["scope"]


@pytest.mark.parametrize("name", ["tick", "update_advisories", "apply_allow_list", "apply_suppressions"])
def test_schedule_sends_its_own_envelope(name: str) -> None:
    event = sample(name)
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
