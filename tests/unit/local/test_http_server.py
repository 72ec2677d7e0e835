from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from pratique.local.bridge import Bridge, api_event
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


class Functions:
    """Answers with the name of the function that was called."""

    def call(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        return {"statusCode": 200, "body": f"{name} {event['rawPath']}"}


def answered(target: str, host: str = "127.0.0.1:1") -> tuple[int, bytes]:
    bridge = Bridge(Functions())  # type: ignore[arg-type]  # a stand-in
    response = bridge.answer(Request("GET", target, {"host": host}, b"", "127.0.0.1"))
    return response.status, response.body


def test_bridge_asks_the_api_or_the_console() -> None:
    assert answered("/v1/images?limit=1") == (200, b"serve_api /v1/images")
    assert answered("/v1") == (200, b"serve_api /v1")
    assert answered("/images") == (200, b"serve_console /images")


def test_bridge_refuses_another_host() -> None:
    assert answered("/", host="attacker.example.test")[0] == 421


def test_api_is_asked_one_request_at_a_time() -> None:
    class Slow:
        inside = 0
        most = 0

        def call(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
            self.inside += 1
            self.most = max(self.most, self.inside)
            time.sleep(0.01)
            self.inside -= 1
            return {"statusCode": 200, "body": name}

    slow = Slow()
    bridge = Bridge(slow)  # type: ignore[arg-type]  # a stand-in
    request = Request("GET", "/v1/overview", {"host": "127.0.0.1"}, b"", "127.0.0.1")
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status for answer in pool.map(bridge.answer, [request] * 16)} == {200}
    assert slow.most == 1
