"""What the API answers to requests that are wrong, and when it fails itself."""

from __future__ import annotations

import pytest

from pratique.errors import StoreError
from pratique.wiring import queries
from pratique.wiring.environment import Environment
from tests.functions.api_client import Api, api
from tests.functions.seeded_api import SHOP

__all__ = ["api"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/v1/vulnerabilities", {"limit": "0"}, "query.limit"),
        ("/v1/vulnerabilities", {"limit": "101"}, "query.limit"),
        ("/v1/vulnerabilities", {"limit": "1,2"}, "query.limit"),
        ("/v1/vulnerabilities", {"priority": "urgent"}, "query.priority"),
        ("/v1/vulnerabilities", {"prioritty": "high"}, "query.prioritty"),
        ("/v1/vulnerabilities", {"epss_at_least": "2"}, "query.epss_at_least"),
        ("/v1/vulnerabilities", {"digest": "sha256:0"}, "query.digest"),
        ("/v1/vulnerabilities", {"cursor": "x" * 5000}, "query.cursor"),
        ("/v1/vulnerabilities", {"name": "x" * 201}, "query.name"),
        ("/v1/images", {"repository": "x" * 257}, "query.repository"),
        ("/v1/images", {"risk": "none"}, "query.risk"),
        ("/v1/scans", {"scope": "x" * 601}, "query.scope"),
        ("/v1/settings", {"version": "1"}, "query.version"),
        (f"/v1/vulnerabilities/{'C' * 101}", {}, "path.id"),
        ("/v1/samples/abc", {}, "path.sha256"),
        ("/v1/scans/1", {}, "path.id"),
    ],
)
def test_wrong_parameter_is_named(api: Api, path: str, query: dict[str, str], field: str) -> None:
    answer = api.get(path, **query)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/vulnerabilities/CVE-1999-1",
        "/v1/vulnerabilities/CVE-1999-1/images",
        f"/v1/samples/{'0' * 64}",
        f"/v1/samples/{'0' * 64}/images",
        f"/v1/images/{SHOP}",
        f"/v1/images/{SHOP}/findings",
        "/v1/scans/01KAS3X2R0ZQ4M8T6W1Y5B7C9D",
        "/v1/scans/01KAS3X2R0ZQ4M8T6W1Y5B7C9D/images",
        "/v1/nothing",
        "/v2/overview",
        "/v1/overview/",
        "/",
    ],
)
def test_what_does_not_exist_is_not_found(api: Api, path: str) -> None:
    answer = api.get(path)
    assert (answer.status, answer.body["title"]) == (404, "Not Found")


def test_image_id_of_another_form_is_refused(api: Api) -> None:
    assert api.get("/v1/images/shop").status == 400


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("DELETE", "/v1/overview", "GET"),
    ("POST", "/v1/settings", "GET, PUT"),
    ("PUT", "/v1/samples/abc", "GET, PATCH"),
    ("POST", "/v1/openapi.json", "GET"),
])  # fmt: skip
def test_method_that_an_address_lacks_is_told(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.call(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "null", "", "\x00", '{"scope": 1}', '{"scope": ""}'])
def test_wrong_body_is_a_problem(api: Api, body: str) -> None:
    answer = api.call("POST", "/v1/scans", body=body)
    assert answer.status == 422
    assert api.starter.started == []


def test_body_that_is_no_json_by_its_own_word_is_refused(api: Api) -> None:
    answer = api.call("POST", "/v1/scans", body="<scope/>", headers={"content-type": "application/xml"})
    assert (answer.status, answer.body["title"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_body_that_does_not_say_that_it_is_json_is_refused_for_that(api: Api, kind: str) -> None:
    answer = api.call("POST", "/v1/scans", body='{"scope": "ALL"}', headers={"content-type": kind})
    assert (answer.status, answer.body["detail"]) == (415, "send the body as application/json")
    assert api.starter.started == []


def test_body_may_name_its_character_set(api: Api) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert api.call("POST", "/v1/scans", body='{"scope": "ALL"}', headers=headers).status == 202


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError("the table arn:aws:dynamodb:secret-table is throttled", retryable=True), 503),
        (StoreError("the table arn:aws:dynamodb:secret-table is gone"), 500),
        (RuntimeError("secret-table: division by zero"), 500),
    ],
)
def test_failure_tells_nothing_of_what_is_inside(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(queries, "reading", fail)
    answer = api.get("/v1/overview")
    assert (answer.status, answer.body["status"]) == (status, status)
    assert "secret-table" not in answer.text


def test_missing_environment_variable_is_the_services_fault_and_named_to_nobody(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "reading", lambda: Environment().need("findings_table"))
    answer = api.get("/v1/vulnerabilities")
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"] == "the service failed: its log says why"
    assert "PRATIQUE" not in answer.text
    assert "environment" not in answer.text
