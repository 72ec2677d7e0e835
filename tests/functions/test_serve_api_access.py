"""Every route, asked with every kind of token."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.api.application import application
from tests.functions.api_client import Api, api, api_event, invoke

__all__ = ["api"]

BODIES: dict[str, object] = {
    "POST /v1/scans": {},
    "PUT /v1/settings": {},
    "POST /v1/hunts": {},
    "PUT /v1/hash-lists/{name}": {"text": ""},
    "PUT /v1/rules/{name}": {"sources": {"a.yar": "rule a { condition: true }"}},
    "POST /v1/allow-list": {"sha256": "0" * 64, "reason": "a test file"},
    "PATCH /v1/samples/{sha256}": {"status": "ignored"},
    "POST /v1/vex": {},
}
FILLED = {"{sha256}": "0" * 64, "{id}": "CVE-2024-1", "{name}": "acme"}


def routes() -> list[tuple[str, str]]:
    document = application().document()
    found = [(method.upper(), path) for path, item in document["paths"].items() for method in item]
    return [*found, ("GET", "/v1/openapi.json")]


def event(method: str, path: str, scope: str) -> dict[str, Any]:
    body = BODIES.get(f"{method} {path}")
    for part, value in FILLED.items():
        path = path.replace(part, value)
    return api_event(method, path, body=body, scope=scope)


@pytest.mark.parametrize(("method", "path"), routes())
@pytest.mark.parametrize("authorizer", [None, {}, {"jwt": {}}, {"jwt": {"claims": {}, "scopes": None}}])
def test_no_token_is_unauthorized(api: Api, method: str, path: str, authorizer: dict[str, Any] | None) -> None:
    asked = event(method, path, "")
    if authorizer is None:
        del asked["requestContext"]["authorizer"]
    else:
        asked["requestContext"]["authorizer"] = authorizer
    answer = invoke(asked)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(("method", "path"), routes())
@pytest.mark.parametrize(
    "scope", ["", "openid", "read", "operate", "pratique/reads", "xpratique/read", "PRATIQUE/READ", "pratique/*"]
)
def test_token_without_the_scope_is_forbidden(api: Api, method: str, path: str, scope: str) -> None:
    answer = invoke(event(method, path, scope))
    assert (answer.status, answer.headers["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(("method", "path"), routes())
@pytest.mark.parametrize("scope", ["pratique/read", "pratique/operate"])
def test_each_scope_opens_its_own_methods_and_no_other(api: Api, method: str, path: str, scope: str) -> None:
    opens = (method == "GET") == (scope == "pratique/read")
    answer = invoke(event(method, path, scope))
    assert (answer.status not in {401, 403}) is opens
    if not opens:
        assert api.starter.started == []
        assert api.estate.reading.settings.get()[1] == 0


@pytest.mark.parametrize("claims", [{"scp": "[pratique/read pratique/operate]"}, {"scp": ["pratique/read"]}])
def test_scopes_may_stand_in_the_other_claim(api: Api, claims: dict[str, Any]) -> None:
    asked = event("GET", "/v1/overview", "")
    asked["requestContext"]["authorizer"]["jwt"]["claims"] = claims
    assert invoke(asked).status == 200


def test_unknown_address_tells_nothing_to_whom_it_does_not_know(api: Api) -> None:
    asked = event("GET", "/v1/nothing", "")
    assert invoke(asked).status == 403
