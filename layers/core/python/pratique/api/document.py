"""The OpenAPI document of the routes (https://spec.openapis.org/oas/v3.1.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

import pratique
from pratique.api.access import needed_scope
from pratique.api.problems import MEDIA_TYPE
from pratique.api.routes import ROUTES

_DESCRIPTION = """What pratique found in container images, and the ways to start scans and to change settings.

Lists take `limit` and `cursor`; go on with `next_cursor` until it is null, for a short page is not the end.
Every error is a problem detail (RFC 9457)."""

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, for people"},
        "errors": {
            "type": "array",
            "description": "The fields that are not valid",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
_PROBLEMS = {
    "400": "A filter, a cursor or an id does not make sense",
    "401": "No token, or one that is not valid",
    "403": "The token lacks the scope",
    "404": "There is nothing at this address",
    "422": "A parameter or the body is not valid",
    "500": "The service failed",
    "503": "The service is busy",
}


@lru_cache(maxsize=1)
def openapi(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """Return the document of all routes, which ``app`` has; in the order of `ROUTES`, whenever each was included."""
    document: dict[str, Any] = json.loads(
        app.get_openapi_json_schema(
            title="pratique",
            version=pratique.__version__,
            description=_DESCRIPTION,
            security_schemes={"token": HTTPBearer(bearerFormat="JWT")},
        )
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    document["paths"] = {route.path: document["paths"][route.path] for route in ROUTES}
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(method.upper(), operation)
    return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    scope = needed_scope(method)
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds the scope `{scope}`.".strip()
    operation["security"] = [{"token": [scope]}]
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, meaning in sorted(_problems(method, operation).items()):
        operation["responses"][status] = {"description": meaning, "content": content}
    if method == "GET":
        operation["responses"]["304"] = {"description": "`If-None-Match` names the answer that there is: no body"}


def _problems(method: str, operation: Mapping[str, Any]) -> dict[str, str]:
    """Return the problems that an operation may answer, by status."""
    problems = dict(_PROBLEMS)
    if method != "GET":
        problems["409"] = "Somebody else changed this in between, or it does not go with what is there"
    if "requestBody" in operation:
        problems["415"] = "The body does not say that it is JSON"
    if any(parameter["name"].lower() == "if-match" for parameter in operation.get("parameters", ())):
        problems |= {"412": "`If-Match` names an older version", "428": "`If-Match` is missing"}
    return problems
