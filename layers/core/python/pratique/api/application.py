"""The HTTP API put together: one API Gateway event (payload version 2.0) in, its answer out."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.api import (
    allow_list,
    audit,
    exports,
    host_findings,
    hunts,
    image_comparison,
    image_layers,
    image_plan,
    image_policy,
    image_report,
    images,
    overview,
    past_findings,
    repositories,
    rules,
    samples,
    scans,
    settings,
    suppressions,
    trend,
    vex,
    vulnerabilities,
)
from pratique.api.access import ApiScope, Granted, MissingScope, NoToken, access_of, needed_scope
from pratique.api.document import allowed_methods, openapi
from pratique.api.page_bytes import within_bytes
from pratique.api.parameters import only
from pratique.api.paths import routed_path
from pratique.api.problems import handle_problems, problem

_ROUTERS = (
    overview.router,
    trend.router,
    repositories.router,
    vulnerabilities.router,
    samples.router,
    allow_list.router,
    suppressions.router,
    vex.router,
    images.router,
    image_layers.router,
    image_plan.router,
    image_comparison.router,
    image_policy.router,
    image_report.router,
    host_findings.router,
    past_findings.router,
    scans.router,
    exports.router,
    hunts.router,
    rules.router,
    settings.router,
    audit.router,
)
# Answers are one caller's: no shared cache keeps them, and no browser takes them for something else.
_HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
_DOCUMENT_PATH = "/v1/openapi.json"


@lru_cache(maxsize=1)
def application() -> APIGatewayHttpResolver:
    """Return the resolver with every route; built once in a process."""
    app = APIGatewayHttpResolver(enable_validation=True)
    for router in _ROUTERS:
        app.include_router(router)
    handle_problems(app)

    @app.get(_DOCUMENT_PATH, include_in_schema=False, enable_validation=False, middlewares=only())
    def show_document() -> Response[str]:
        return Response(HTTPStatus.OK, content_type="application/json", body=json.dumps(openapi(app)))

    @app.not_found
    def refuse(_: NotFoundError) -> Response[str]:
        event = app.current_event
        allowed = allowed_methods(app, event.path) or (("GET",) if event.path == _DOCUMENT_PATH else ())
        if allowed and event.http_method not in allowed:
            return problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "this address does not know the method",
                headers={"Allow": ", ".join(allowed)},
            )
        return problem(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    return app


def respond(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one event; access is decided before anything of the request is looked at."""
    access = access_of(event)
    if not isinstance(access, Granted):
        return _finished(_refusal(access))
    if _lacks_json(event):
        return _finished(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as application/json"))
    if needed_scope(_method(event)) is ApiScope.READ:
        read = partial(_resolved, context=context, caller=access.caller, difference=audit.Difference())
        return _conditional(event, within_bytes(event, read))
    try:
        answer = audit.recorded(
            _routed(event), access.caller, lambda difference: _resolved(event, context, access.caller, difference)
        )
    except RecursionError:  # the body is read before anything is changed
        return _finished(problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is nested too deeply"))
    return _conditional(event, answer) if isinstance(answer, dict) else _finished(answer)


def _resolved(
    event: dict[str, Any], context: LambdaContext, caller: str, difference: audit.Difference
) -> dict[str, Any]:
    """Let the route answer; it may tell ``difference`` what it changed."""
    app = application()
    app.append_context(caller=caller, difference=difference)  # type: ignore[no-untyped-call]  # untyped in Powertools
    answer: dict[str, Any] = app.resolve(_routed(event), context)
    return answer


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
