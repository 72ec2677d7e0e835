from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import functions.serve_console.handler as serve_console
from pratique.console.files import ConsoleFiles
from pratique.console.respond import Console
from pratique.console.sign_in import SignIn
from pratique.errors import FeedError
from tests.functions.sample_event import lambda_context, sample_event

PROJECT = Path(__file__).resolve().parents[2]
SIGN_IN = SignIn("client", "openid", "https://login.example.test/a", "https://login.example.test/t", "")


def unreachable() -> SignIn:
    raise FeedError("cannot be fetched", retryable=True)


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    files = ConsoleFiles(PROJECT / "console")

    def asked(
        path: str = "/system", method: str = "GET", sign_in: Callable[[], SignIn | None] = lambda: None
    ) -> dict[str, Any]:
        monkeypatch.setattr(serve_console, "console", lambda: Console(files, sign_in))
        event = sample_event("serve_console")
        event["rawPath"] = path
        event["requestContext"]["http"]["method"] = method
        answer: dict[str, Any] = serve_console.lambda_handler(event, lambda_context("serve_console"))
        return answer

    return asked


def test_page_is_answered_compressed(ask: Ask) -> None:
    answer = ask()
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert b"main.js" in gzip.decompress(base64.b64decode(answer["body"]))
    assert "connect-src 'self';" in answer["headers"]["content-security-policy"]


def test_page_may_talk_to_the_issuer(ask: Ask) -> None:
    policy = ask(sign_in=lambda: SIGN_IN)["headers"]["content-security-policy"]
    assert "connect-src 'self' https://login.example.test;" in policy


def test_settings_say_that_nobody_signs_in(ask: Ask) -> None:
    answer = ask("/console.json")
    assert json.loads(answer["body"]) == {"sign_in": None}
    assert answer["headers"]["cache-control"] == "no-store"


def test_settings_say_how_to_sign_in(ask: Ask) -> None:
    body = json.loads(ask("/console.json", sign_in=lambda: SIGN_IN)["body"])
    assert body["sign_in"]["token_endpoint"] == SIGN_IN.token_endpoint


def test_settings_say_why_signing_in_does_not_work(ask: Ask) -> None:
    answer = ask("/console.json", sign_in=unreachable)
    assert answer["statusCode"] == 503
    assert "cannot be fetched" in json.loads(answer["body"])["detail"]
    assert ask("/", sign_in=unreachable)["statusCode"] == 200


def test_nothing_is_written(ask: Ask) -> None:
    answer = ask("/", "POST")
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "GET, HEAD")
