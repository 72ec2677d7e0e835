"""Starts pratique's own functions through AWS Lambda."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from pratique.errors import StoreError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_ALREADY_STARTED = "DurableExecutionAlreadyStartedException"


class LambdaStarter:
    """Implements the FunctionStarter port; function names may carry a version or alias."""

    def __init__(self, client: Callable[[], LambdaClient]) -> None:
        """Start through what ``client`` returns."""
        self._client = client

    def start(self, function: str, payload: Mapping[str, object], *, execution_name: str = "") -> None:
        """Start asynchronously; raises StoreError, retryable, where Lambda does not take the call."""
        options: dict[str, Any] = {"DurableExecutionName": execution_name} if execution_name else {}
        try:
            self._client().invoke(
                FunctionName=function, InvocationType="Event", Payload=json.dumps(payload).encode(), **options
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _ALREADY_STARTED:
                raise StoreError(f"{function} was not started: {error}", retryable=True) from error
        except BotoCoreError as error:
            raise StoreError(f"{function} was not started: {error}", retryable=True) from error
