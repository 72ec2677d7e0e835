"""API Gateway on one machine: HTTP requests become version 2.0 events for ``serve_api`` and ``serve_console``.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import time
import uuid
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pratique.local import ACCOUNT, REGION
from pratique.local.functions import LocalFunctions
from pratique.local.http_server import Request, Response

_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_CLAIMS = {"sub": "local", "username": "local operator", "scope": "pratique/read pratique/operate"}


class Bridge:
    """Answers ``/v1/…`` by the API's function and everything else by the console's."""

    def __init__(self, functions: LocalFunctions) -> None:
        """Take the functions."""
        self._functions = functions
        self._api = Lock()

    def answer(self, request: Request) -> Response:
        """Answer one request.

        Everybody on this machine is the local operator, so requests that name another host are refused: a page
        of some web site must not reach the API under a name that points here.
        """
        host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
        if host not in _LOOPBACK:
            return Response(421, b"this service answers on 127.0.0.1 only\n", {"content-type": "text/plain"})
        if not (request.target.startswith("/v1/") or request.target == "/v1"):
            return _response(self._functions.call("serve_console", api_event(request)))
        if request.target.startswith("/v1/webhooks/") and request.method == "POST":
            return _response(self._functions.call("receive_webhook", api_event(request)))
        # Lambda gives one process one request at a time, and the resolver of the routes counts on it.
        with self._api:
            return _response(self._functions.call("serve_api", api_event(request)))


def api_event(request: Request) -> dict[str, Any]:
    """Return the event that API Gateway makes of a request which its JWT authorizer let through."""
    parts = urlsplit(request.target)
    query: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    now = datetime.now(UTC)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": dict(request.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "authorizer": {"jwt": {"claims": _CLAIMS, "scopes": _CLAIMS["scope"].split()}},
            "domainName": f"local.execute-api.{REGION}.amazonaws.com",
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": parts.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client,
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = query
    if request.body:
        event["body"] = request.body.decode("utf-8", "replace")
    return event


def _response(answer: dict[str, Any]) -> Response:
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    headers = {str(name): str(value) for name, value in (answer.get("headers") or {}).items()}
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers[name] = ", ".join(str(value) for value in values)
    return Response(int(answer.get("statusCode", 200)), raw or b"", headers)
