"""Problem details (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457): the one form of every error answer.

A problem says what the caller can do about it and nothing of what is inside.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from pratique.errors import Conflict, InvalidValue, PratiqueError
from pratique.services.image_inventories import NotScanned

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 20


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """Return an answer that says what is wrong; ``errors`` names the fields that are."""
    body: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    if errors:
        body["errors"] = list(errors)
    return Response(int(status), content_type=MEDIA_TYPE, body=json.dumps(body), headers=dict(headers or {}))


def invalid_fields(errors: Sequence[Mapping[str, Any]]) -> Response[str]:
    """Return 422 naming each field by its place (``query``, ``body``, ``path`` or ``header``) and what it must be."""
    told = [
        {"field": _field(error["loc"]), "reason": str(error.get("msg", "is not valid"))}
        for error in errors[:_MOST_ERRORS]
    ]
    fields = ", ".join(error["field"] for error in told)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"not valid: {fields}", errors=told)


def _field(place: Sequence[str | int]) -> str:
    # The route's own argument that holds all query parameters is nothing the caller knows.
    parts = place[1:] if tuple(place[:2]) == ("query", "query") else place
    return ".".join(str(part)[:100] for part in parts)


def failed(error: Exception) -> Response[str]:
    """Return 503 for a failure that may pass, else 500; the failure itself goes to the log only."""
    _log.error("request failed", exc_info=error)
    if isinstance(error, PratiqueError) and error.retryable:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "the service is busy: ask again", headers={"Retry-After": "2"})
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed: its log says why")


def handle_problems(app: APIGatewayHttpResolver) -> None:
    """Let ``app`` answer every exception that a route raises with a problem."""
    handle = app.exception_handler
    handle(RequestValidationError)(lambda error: invalid_fields(error.errors()))
    handle(RequestUnsupportedContentType)(
        lambda _: problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json")
    )
    handle(InvalidValue)(lambda error: problem(HTTPStatus.BAD_REQUEST, error.message))
    handle(Conflict)(lambda _: problem(HTTPStatus.CONFLICT, "somebody else changed this in between: read it again"))
    handle(NotScanned)(
        lambda _: problem(HTTPStatus.NOT_FOUND, "no scan has read anything of this image yet: scan it first")
    )
    handle(NotFoundError)(lambda _: problem(HTTPStatus.NOT_FOUND, "there is nothing at this address"))
    handle(ServiceError)(lambda error: problem(HTTPStatus(error.status_code), str(error.msg)))
    handle(Exception)(failed)
