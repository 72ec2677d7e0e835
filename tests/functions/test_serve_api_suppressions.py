from __future__ import annotations

import pytest

from pratique.services.suppress_findings import SuppressFindings
from pratique.wiring import suppressions
from tests.functions.api_client import Api, api

__all__ = ["api"]

BODY = {"vulnerability": "CVE-2024-2", "repository": "team/*", "reason": "not reachable", "until_fixed": True}


@pytest.fixture(autouse=True)
def desk(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    started: list[str] = []
    service = SuppressFindings(api.estate.stores.suppressions, api.estate.clock, lambda: started.append("apply"))
    monkeypatch.setattr(suppressions, "suppress_findings", lambda: service)
    return started


def test_suppression_is_made_changed_listed_and_ended(api: Api, desk: list[str]) -> None:
    made = api.call("POST", "/v1/suppressions", body=BODY)
    assert made.status == 201
    place = made.headers["Location"]
    assert (made.body["state"], made.body["images"], made.body["until_fixed"]) == ("active", 0, True)
    assert made.body["added_by"] == made.body["owner"]
    assert api.get(place).body == made.body
    changed = api.call("PUT", place, body={**BODY, "reason": "still not reachable", "owner": "ann"})
    assert (changed.body["reason"], changed.body["owner"], changed.body["id"]) == (
        "still not reachable", "ann", made.body["id"],
    )  # fmt: skip
    assert [one["id"] for one in api.get("/v1/suppressions", matches="false").body["items"]] == [made.body["id"]]
    assert api.get("/v1/suppressions", matches="true").body["items"] == []
    ended = api.call("DELETE", place)
    assert ended.body["state"] == "removed"
    assert api.get("/v1/suppressions", state="active").body["items"] == []
    assert api.call("PUT", place, body=BODY).status == 404
    assert desk == ["apply"] * 3


def test_suppression_of_everything_or_without_a_reason_is_refused(api: Api) -> None:
    assert api.call("POST", "/v1/suppressions", body={"reason": "all of it"}).status == 400
    assert api.call("POST", "/v1/suppressions", body={"vulnerability": "CVE-1"}).status == 422
    assert api.call("POST", "/v1/suppressions", body={**BODY, "until_epss": 2}).status == 422
    assert api.get("/v1/suppressions/01ARZ3NDEKTSV4RRFFQ69G5FAV").status == 404
