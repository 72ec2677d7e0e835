from __future__ import annotations

import json

import pytest

from pratique.services.take_vex import TakeVex
from pratique.wiring import vex
from tests.functions.api_client import Api, api
from tests.unit.vex.csaf_documents import csaf, product

__all__ = ["api"]

PACKAGES = [product("U", "pkg:pypi/urllib3@1.24"), product("N")]


@pytest.fixture(autouse=True)
def desk(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    started: list[str] = []
    service = TakeVex(api.estate.stores.suppressions, api.estate.clock, lambda: started.append("apply"))
    monkeypatch.setattr(vex, "take_vex", lambda: service)
    return started


def test_document_is_taken_listed_and_replaced(api: Api, desk: list[str]) -> None:
    first = csaf({"known_not_affected": ["U", "N"]}, products=PACKAGES)
    taken = api.call("POST", "/v1/vex", body=first, query={"repository": "team/*"})
    assert (taken.status, taken.body["format"], taken.body["document"]["id"]) == (201, "csaf", "SHOP-2026-1")
    assert "has no package URL" in taken.body["ignored"][0]["reason"]
    (change,) = api.get("/v1/audit", about="/v1/vex").body["items"]
    assert (change["outcome"], change["after"]["added"]) == ("201", taken.body["added"])
    (listed,) = api.get("/v1/suppressions", document="SHOP-2026-1", state="active").body["items"]
    assert [listed["id"]] == taken.body["added"]
    assert listed["document"] == taken.body["document"]
    assert (listed["repository"], listed["owner"]) == ("team/*", "Shop team")
    assert api.get("/v1/suppressions", document="other").body["items"] == []
    newer = api.call("POST", "/v1/vex", body=csaf({"fixed": ["U"]}, products=PACKAGES, version="2"))
    assert (newer.body["ended"], len(newer.body["added"])) == ([listed["id"]], 1)
    older = api.call("POST", "/v1/vex", body=first)
    assert (older.status, "is newer than this one" in older.body["detail"]) == (409, True)
    assert desk == ["apply"] * 2


def test_every_format_is_taken_whatever_its_media_type(api: Api) -> None:
    statement = {
        "vulnerability": {"name": "CVE-1"},
        "status": "not_affected",
        "justification": "component_not_present",
        "products": [{"@id": "pkg:pypi/urllib3"}],
    }
    openvex = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://shop.example/vex/1",
        "author": "Ann",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": [statement],
    }
    cyclonedx = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "vulnerabilities": [
            {"id": "CVE-1", "analysis": {"state": "resolved"}, "affects": [{"ref": "pkg:pypi/urllib3@1.24"}]}
        ],
    }
    for document, kind in ((openvex, "application/json"), (cyclonedx, "application/vnd.cyclonedx+json")):
        taken = api.call("POST", "/v1/vex", body=document, headers={"content-type": kind})
        assert (taken.status, len(taken.body["added"])) == (201, 1), taken.text
    assert api.get("/v1/suppressions").body["total"] == 2


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("{", 422, "body"),
        ([], 422, "body"),
        ({}, 400, "no VEX document"),
        ('{"document": ' + "[" * 100_000 + "]" * 100_000 + "}", 422, "body"),
        (csaf({"fixed": ["U"]}, head={"publisher": {"name": 7}}), 400, "$.document.publisher.name"),
    ],
)
def test_a_bad_document_is_one_problem_that_names_the_place(api: Api, body: object, status: int, told: str) -> None:
    answer = api.call("POST", "/v1/vex", body=body)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert told in json.dumps(answer.body)
    assert api.get("/v1/suppressions").body["items"] == []
