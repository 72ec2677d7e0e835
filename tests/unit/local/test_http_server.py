from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3

from pratique.local.bridge import api_event
from pratique.local.http_server import LoopbackServer, Request, Response


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    running = LoopbackServer(lambda request: Response(200, request.method.encode() + request.body))
    yield running
    running.close()


def send(server: LoopbackServer, request: bytes) -> bytes:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        connection.sendall(request)
        return connection.recv(1000)


def test_server_answers_with_method_and_body(server: LoopbackServer) -> None:
    assert urllib3.request("PUT", server.url, body=b"x").data == b"PUTx"


@pytest.mark.parametrize("length", [b"x", b"-1", b"1e3", b"99999999999"])
def test_server_refuses_a_length_that_is_none_or_too_large(server: LoopbackServer, length: bytes) -> None:
    answer = send(server, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))


def test_event_holds_what_the_gateway_sends() -> None:
    request = Request("GET", "/v1/images?limit=5&name=a&name=b", {"host": "127.0.0.1"}, b"", "127.0.0.1")
    event = api_event(request)
    assert event["queryStringParameters"] == {"limit": "5", "name": "a,b"}
    assert (event["rawPath"], event["requestContext"]["http"]["method"]) == ("/v1/images", "GET")
    assert "body" not in event


def test_console_answers_nothing_outside_its_folder(tmp_path: Path) -> None:
    from pratique.local.bridge import Bridge

    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "index.html").write_text("<p>page</p>")
    (tmp_path / "secret").write_text("secret")
    bridge = Bridge(None, console=tmp_path / "console")  # type: ignore[arg-type] # no function is asked for a file

    def status(target: str, host: str = "127.0.0.1:1") -> int:
        return bridge.answer(Request("GET", target, {"host": host}, b"", "127.0.0.1")).status

    assert status("/") == 200
    assert [status(target) for target in ("/%00", "/../secret", "/%2e%2e/secret", "/nothing")] == [404] * 4
    assert status("/", host="attacker.example.test") == 421
