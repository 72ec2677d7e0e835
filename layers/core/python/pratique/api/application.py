"""The HTTP API put together: one API Gateway event (payload version 2.0) in, its answer out."""

from __future__ import annotations

import hashlib
import importlib
import json
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.api.access import ApiScope, Granted, MissingScope, NoToken, access_of, needed_scope
from pratique.api.page_bytes import within_bytes
from pratique.api.parameters import only
from pratique.api.paths import routed_path
from pratique.api.problems import handle_problems, problem
from pratique.api.recording import Difference, recorded
from pratique.api.routes import ROUTES, route_of

# Answers are one caller's: no shared cache keeps them, and no browser takes them for something else.
_HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
_DOCUMENT_PATH = "/v1/openapi.json"


class Application:
    """The resolver; a module of routes is imported, and its router included, when one of its addresses is asked for."""

    def __init__(self) -> None:
        """Begin with the routes of no module."""
        self._app = APIGatewayHttpResolver(enable_validation=True)
        self._included: set[str] = set()
        handle_problems(self._app)
        self._app.get(_DOCUMENT_PATH, include_in_schema=False, enable_validation=False, middlewares=only())(
            self._show_document
        )
        self._app.not_found(self._refuse)

    def resolve(
        self, event: dict[str, Any], context: LambdaContext, *, caller: str, difference: Difference
    ) -> dict[str, Any]:
        """Let the route answer; it may tell ``difference`` what it changed."""
        route = route_of(_path(event))
        if route:
            self._include(route.module)
        self._app.append_context(caller=caller, difference=difference)  # type: ignore[no-untyped-call]  # untyped in Powertools
        answer: dict[str, Any] = self._app.resolve(event, context)
        return answer

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document of every route."""
        # Only who asks for the document needs what makes it.
        from pratique.api.document import openapi  # noqa: PLC0415

        for route in ROUTES:
            self._include(route.module)
        return openapi(self._app)

    def _include(self, module: str) -> None:
        if module not in self._included:
            self._app.include_router(importlib.import_module(f"pratique.api.{module}").router)
            self._included.add(module)

    def _show_document(self) -> Response[str]:
        return Response(HTTPStatus.OK, content_type="application/json", body=json.dumps(self.document()))

    def _refuse(self, _: NotFoundError) -> Response[str]:
        event = self._app.current_event
        route = route_of(event.path)
        allowed = route.methods.split() if route else ["GET"] if event.path == _DOCUMENT_PATH else []
        if allowed and event.http_method not in allowed:
            return problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "this address does not know the method",
                headers={"Allow": ", ".join(allowed)},
            )
        return problem(HTTPStatus.NOT_FOUND, "there is nothing at this address")


@lru_cache(maxsize=1)
def application() -> Application:
    """Return the application; built once in a process."""
    return Application()


def respond(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one event; access is decided before anything of the request is looked at."""
    access = access_of(event)
    if not isinstance(access, Granted):
        return _finished(_refusal(access))
    if _lacks_json(event):
        return _finished(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as application/json"))
    if needed_scope(_method(event)) is ApiScope.READ:
        read = partial(_resolved, context=context, caller=access.caller, difference=Difference())
        return _conditional(event, within_bytes(event, read))
    try:
        answer = recorded(
            _routed(event), access.caller, lambda difference: _resolved(event, context, access.caller, difference)
        )
    except RecursionError:  # the body is read before anything is changed
        return _finished(problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is nested too deeply"))
    return _conditional(event, answer) if isinstance(answer, dict) else _finished(answer)


def _resolved(event: dict[str, Any], context: LambdaContext, caller: str, difference: Difference) -> dict[str, Any]:
    return application().resolve(_routed(event), context, caller=caller, difference=difference)


def _path(event: dict[str, Any]) -> str:
    """Return the path as the resolver reads it."""
    path: str = APIGatewayProxyEventV2(event).path
    return path


def _method(event: dict[str, Any]) -> str:
    return str(event["requestContext"]["http"]["method"]).upper()


def _lacks_json(event: dict[str, Any]) -> bool:
    """Whether a body does not say that it is JSON: read as nothing, its fields would seem to be missing."""
    named = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    kind = named.get("content-type", "").partition(";")[0].strip().lower()
    return bool(event.get("body")) and not (kind == "application/json" or kind.endswith("+json"))


def _routed(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as the routes read it: they know one spelling of a path and one of a media type."""
    headers = {name: value for name, value in (event.get("headers") or {}).items() if name.lower() != "content-type"}
    kind = {"content-type": "application/json"} if event.get("body") else {}
    return {**event, "rawPath": routed_path(str(event.get("rawPath", "/"))), "headers": headers | kind}


def _refusal(access: NoToken | MissingScope) -> Response[str]:
    if isinstance(access, NoToken):
        headers = {"WWW-Authenticate": "Bearer"}
        return problem(HTTPStatus.UNAUTHORIZED, "send an access token in the header Authorization", headers=headers)
    return problem(HTTPStatus.FORBIDDEN, f"the token lacks the scope {access.scope}")


def _finished(response: Response[str]) -> dict[str, Any]:
    headers = _HEADERS | {
        "Content-Type": str(response.content_type),
        **{k: str(v) for k, v in response.headers.items()},
    }
    return {"statusCode": response.status_code, "headers": headers, "body": response.body, "isBase64Encoded": False}


def _conditional(event: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Give an answered GET an ETag, and no body where the caller has it already."""
    headers = answer.setdefault("headers", {})
    headers.update(_HEADERS)
    if _method(event) != "GET" or answer["statusCode"] != HTTPStatus.OK:
        return answer
    etag = headers.setdefault("ETag", f'"{hashlib.sha256(answer["body"].encode()).hexdigest()[:32]}"')
    known = str({name.lower(): value for name, value in (event.get("headers") or {}).items()}.get("if-none-match", ""))
    if etag in {part.strip().removeprefix("W/") for part in known.split(",")}:
        return {**answer, "statusCode": int(HTTPStatus.NOT_MODIFIED), "body": ""}
    return answer
