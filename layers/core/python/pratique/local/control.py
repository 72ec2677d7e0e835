"""The AWS services that the embedded endpoint is not used for: Lambda, ECR's tokens, secrets, EventBridge.

Handlers reach it through the standard ``AWS_ENDPOINT_URL_<SERVICE>`` variables.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pratique.errors import PratiqueError
from pratique.local.ecr_calls import EcrCalls
from pratique.local.event_sink import EventSink
from pratique.local.functions import LocalFunctions
from pratique.local.http_server import Request, Response
from pratique.local.registry_store import RegistryStore

_INVOCATIONS = "/2015-03-31/functions/"
_TOKEN_SECONDS = 12 * 3600
_JSON = {"content-type": "application/x-amz-json-1.1"}


class ControlPlane:
    """Answers the AWS calls of handlers, and delivers registry events that `pratique push` reports."""

    def __init__(self, *, registry_url: str, secret: str, sink: EventSink, store: RegistryStore) -> None:
        """Hand out ``registry_url`` as the address of ECR, which holds ``store``, and ``secret`` as every secret.

        ``sink`` takes events.
        """
        self._functions: LocalFunctions | None = None
        self._registry_url = registry_url
        self._secret = secret
        self._targets: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken": self._token,
            "secretsmanager.GetSecretValue": self._secret_value,
            "AWSEvents.PutEvents": sink.put,
            **EcrCalls(store).targets,
        }

    def attach(self, functions: LocalFunctions) -> None:
        """Serve these functions from now on; handlers are loaded when this server's address is known already."""
        self._functions = functions

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        parts = urlsplit(request.target)
        if self._functions is not None and parts.path.startswith(_INVOCATIONS):
            name = unquote(parts.path[len(_INVOCATIONS) :]).partition("/")[0]
            return _invoke(self._functions, name.rpartition("function:")[2], request)
        if self._functions is not None and parts.path == "/registry-events":
            self._functions.start("receive_push", json.loads(request.body))
            return Response(202)
        target = self._targets.get(request.headers.get("x-amz-target", ""))
        if target is None:
            return Response(400, json.dumps({"__type": "UnknownOperationException"}).encode(), _JSON)
        return Response(200, json.dumps(target(json.loads(request.body or b"{}"))).encode(), _JSON)

    def _token(self, _: Mapping[str, Any]) -> dict[str, Any]:
        token = base64.b64encode(b"AWS:local").decode()
        expires = time.time() + _TOKEN_SECONDS
        return {
            "authorizationData": [
                {"authorizationToken": token, "expiresAt": expires, "proxyEndpoint": self._registry_url}
            ]
        }

    def _secret_value(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"Name": "cursor-key", "SecretString": self._secret, "CreatedDate": time.time()}


def _invoke(functions: LocalFunctions, name: str, request: Request) -> Response:
    payload = json.loads(request.body or b"{}")
    try:
        if request.headers.get("x-amz-invocation-type") == "Event":
            functions.start(name, payload, execution_name=request.headers.get("x-amz-durable-execution-name", ""))
            return Response(202)
        return Response(200, json.dumps(functions.call(name, payload)).encode(), _JSON)
    except PratiqueError as error:
        body = json.dumps({"Type": "User", "Message": error.message}).encode()
        return Response(404, body, {**_JSON, "x-amzn-errortype": "ResourceNotFoundException"})
