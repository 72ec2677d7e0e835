"""A registry's webhook says that images were pushed or deleted (API Gateway, payload version 2.0).

The route passes no authorizer: Harbor sends the secret that its webhook was given in the header ``Authorization``.
"""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from pratique.envelopes.harbor_event import HarborEvent
from pratique.errors import InvalidValue, PratiqueError
from pratique.services.receive_push import ImageEvent
from pratique.wiring.pushes import receive_webhook

logger = Logger()

_MOST_BYTES = 256 * 1024


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Answer 202, 401 for a caller without the secret, 400 for what is no event, 503 where it shall ask again."""
    instance = str(event.get("rawPath", "")).rpartition("/")[2]
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    try:
        service = receive_webhook()
        if not service.allows(instance, headers.get("authorization", "")):
            return _answer(HTTPStatus.UNAUTHORIZED, "send the secret of this registry's webhook")
        parsed = HarborEvent.model_validate_json(_body(event))
        if not parsed.action:
            return _answer(HTTPStatus.ACCEPTED, "ignored")
        happened = [ImageEvent(image, tag, parsed.at) for image, tag in parsed.images(instance)]
        done = service(parsed.action, happened)
    except (ValidationError, InvalidValue):
        return _answer(HTTPStatus.BAD_REQUEST, "this is no event of Harbor's default format")
    except PratiqueError as error:
        logger.warning("webhook failed", extra={"reason": str(error)})
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "ask again")
    return _answer(HTTPStatus.ACCEPTED, f"{done} done")


def _body(event: dict[str, Any]) -> bytes:
    body = str(event.get("body") or "")
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    if len(raw) > _MOST_BYTES:
        raise InvalidValue("the event is too large")
    return raw


def _answer(status: HTTPStatus, outcome: str) -> dict[str, Any]:
    return {
        "statusCode": int(status),
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"outcome": outcome}),
        "isBase64Encoded": False,
    }
