"""Every route that changes something leaves a record of who, when and what; a new one cannot forget it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from pratique.api.problems import MEDIA_TYPE
from pratique.errors import StoreError
from pratique.ports.audit import AuditRecord
from tests.functions.api_client import Api, api, invoke
from tests.functions.test_serve_api_access import event, routes

__all__ = ["api"]

CHANGING = [(method, path) for method, path in routes() if method != "GET"]


def records(api: Api) -> list[AuditRecord]:
    return list(api.estate.stores.audit.page(after="", limit=100, now=api.estate.clock.now()).records)


def settings_change(api: Api, **body: Any) -> Any:
    version = api.estate.reading.settings.get()[1]
    return api.call("PUT", "/v1/settings", body=body, headers={"if-match": f'"{version}"'})


def test_there_are_routes_that_change_something() -> None:
    assert {"POST", "PUT", "PATCH", "DELETE"} == {method for method, _ in CHANGING}


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_every_changing_route_is_recorded_with_its_outcome(api: Api, method: str, path: str) -> None:
    asked = event(method, path, "pratique/operate")
    answer = invoke(asked)
    (record,) = records(api)
    claims = asked["requestContext"]["authorizer"]["jwt"]["claims"]
    assert record.by == claims.get("username", claims.get("sub"))
    assert (record.action, record.about, record.outcome) == (method, asked["rawPath"], str(answer.status))
    assert (record.at, record.request) == (api.estate.clock.now(), "request-1")


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_what_cannot_be_recorded_is_not_done(api: Api, monkeypatch: pytest.MonkeyPatch, method: str, path: str) -> None:
    class Broken:
        def put(self, record: AuditRecord) -> None:
            raise StoreError("the table does not answer", retryable=True)

    reading = replace(api.estate.reading, audit=Broken())
    monkeypatch.setattr("pratique.wiring.queries.reading", lambda: reading)
    answer = invoke(event(method, path, "pratique/operate"))
    assert (answer.status, answer.headers["Content-Type"]) == (503, MEDIA_TYPE)
    assert api.starter.started == []
    assert not api.estate.engine.stream("F")
    assert api.estate.reading.settings.get()[1] == 0
    assert not list(api.objects.keys(""))


@pytest.mark.parametrize("path", ["/v1/settings", "/v1/nothing"])
def test_who_lacks_the_scope_leaves_no_record(api: Api, path: str) -> None:
    assert api.call("PUT", path, body={}, scope="pratique/read").status == 403
    assert records(api) == []


def test_change_whose_outcome_is_lost_stays_listed_without_one(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = api.estate.stores.audit

    class Once:
        def put(self, record: AuditRecord) -> None:
            if record.outcome:
                raise StoreError("the table does not answer", retryable=True)
            kept.put(record)

    reading = replace(api.estate.reading, audit=Once())
    monkeypatch.setattr("pratique.wiring.queries.reading", lambda: reading)
    assert settings_change(api, cycle="3d").status == 200
    assert [record.outcome for record in records(api)] == [""]
    assert "outcome of a change is not in the audit list" in caplog.text


def test_list_tells_before_and_after_and_can_be_filtered(api: Api) -> None:
    settings_change(api, cycle="3d")
    api.estate.clock.pass_hours(1)
    settings_change(api, cycle="2w", time_zone="nowhere")
    api.estate.clock.pass_hours(1)
    api.call("POST", "/v1/allow-list", body={"sha256": "0" * 64, "reason": "x" * 900})
    page = api.get("/v1/audit").body
    assert [(row["about"], row["outcome"]) for row in page["items"]] == [
        ("/v1/allow-list", "201"),
        ("/v1/settings", "422"),
        ("/v1/settings", "200"),
    ]
    (changed,) = [row for row in page["items"] if row["outcome"] == "200"]
    assert (changed["before"]["cycle"], changed["after"]["cycle"], changed["sent"]) == ("1w", "3d", {"cycle": "3d"})
    allowed = next(row for row in page["items"] if row["about"] == "/v1/allow-list")
    assert allowed["sent"]["reason"].endswith("… (900 characters)")
    settings = api.get("/v1/audit", about="/v1/settings", limit="1").body
    assert [row["about"] for row in settings["items"]] == ["/v1/settings"]
    again = api.get("/v1/audit", about="/v1/settings", limit="1", cursor=settings["next_cursor"]).body
    assert [row["outcome"] for row in again["items"]] == ["200"]
    assert api.get("/v1/audit", by="nobody").body["items"] == []
