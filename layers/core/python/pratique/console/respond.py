"""One API Gateway event (payload version 2.0) in, a file of the console or its settings out.

Nothing here is anybody's secret: the page holds no findings, it asks the API for them with the token of who reads it.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from pratique.console.files import ConsoleFiles, FileAnswer
from pratique.console.sign_in import SignIn
from pratique.errors import FeedError

SETTINGS = "/console.json"
_log = logging.getLogger(__name__)


class Console(Struct, frozen=True):
    """Answers requests; ``sign_in`` answers how people sign in, None where nobody has to, and may raise FeedError."""

    files: ConsoleFiles
    sign_in: Callable[[], SignIn | None]

    def respond(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one event."""
        http = event["requestContext"]["http"]
        if http["method"] not in {"GET", "HEAD"}:
            return _text(HTTPStatus.METHOD_NOT_ALLOWED, "the console's files are only read\n", {"allow": "GET, HEAD"})
        path = str(event.get("rawPath", "/"))
        if path == SETTINGS:
            return self._settings()
        headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        return _event(self.files.answer(path, accepts=headers.get("accept-encoding", ""), connects=self._origin(path)))

    def _origin(self, path: str) -> str:
        if path.startswith("/static/"):
            return ""
        try:
            found = self.sign_in()
        except FeedError:
            return ""  # the page asks for its settings next, and is told
        return found.origin if found else ""

    def _settings(self) -> dict[str, Any]:
        try:
            found = self.sign_in()
        except FeedError as error:
            _log.error("the issuer does not say how to sign in", extra={"reason": str(error)})
            body = {"detail": f"signing in could not be prepared: {error.message}"}
            return _json(HTTPStatus.SERVICE_UNAVAILABLE, body)
        return _json(HTTPStatus.OK, {"sign_in": asdict(found) if found else None})


def _json(status: HTTPStatus, body: object) -> dict[str, Any]:
    headers = {"content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff"}
    return {"statusCode": int(status), "headers": headers, "body": json.dumps(body), "isBase64Encoded": False}


def _text(status: HTTPStatus, body: str, headers: Mapping[str, str]) -> dict[str, Any]:
    told = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", **headers}
    return {"statusCode": int(status), "headers": told, "body": body, "isBase64Encoded": False}


def _event(answer: FileAnswer) -> dict[str, Any]:
    body = base64.b64encode(answer.body).decode()
    return {"statusCode": int(answer.status), "headers": dict(answer.headers), "body": body, "isBase64Encoded": True}
