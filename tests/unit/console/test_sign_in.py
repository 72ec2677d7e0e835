from __future__ import annotations

import json
from pathlib import Path

import pytest

from pratique.console.sign_in import Issuer, discover
from pratique.errors import FeedError
from pratique.ports.feeds import Fetched

ISSUER = Issuer("https://login.example.test/pool/", "console", "openid pratique/read")
ENDPOINTS = {
    "authorization_endpoint": "https://pages.example.test/authorize",
    "token_endpoint": "https://pages.example.test:8443/token",
    "end_session_endpoint": "https://pages.example.test/logout",
}


class OneFile:
    """Implements the Feed port for one location."""

    def __init__(self, body: object) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def fetch(self, location: str, into: Path, etag: str = "") -> Fetched | None:
        assert location == "https://login.example.test/pool/.well-known/openid-configuration"
        path = into / "found"
        path.write_bytes(self.body)
        return Fetched(path, etag, len(self.body))


def test_issuer_says_where_its_pages_are() -> None:
    found = discover(ISSUER, OneFile(ENDPOINTS))
    assert found.authorization_endpoint == ENDPOINTS["authorization_endpoint"]
    assert found.origin == "https://pages.example.test:8443"
    assert (found.client_id, found.scope) == ("console", "openid pratique/read")


def test_issuer_need_not_know_how_to_end_a_session() -> None:
    assert discover(ISSUER, OneFile(ENDPOINTS | {"end_session_endpoint": None})).end_session_endpoint == ""


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        ["list"],
        {"authorization_endpoint": ENDPOINTS["authorization_endpoint"]},
        ENDPOINTS | {"token_endpoint": "http://pages.example.test/token"},
        ENDPOINTS | {"token_endpoint": "https:///token"},
        ENDPOINTS | {"authorization_endpoint": "javascript:alert(1)"},
        ENDPOINTS | {"token_endpoint": 7},
    ],
)
def test_issuer_that_says_something_else_is_refused(body: object) -> None:
    with pytest.raises(FeedError):
        discover(ISSUER, OneFile(body))
