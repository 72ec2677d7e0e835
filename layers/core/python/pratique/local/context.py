"""What a function is told about its own invocation, as Lambda's runtime tells it."""

from __future__ import annotations

import time
import uuid

from msgspec import Struct, field

from pratique.local import ACCOUNT, REGION


class LocalContext(Struct, frozen=True):
    """The attributes of Lambda's context object that handlers and Powertools read."""

    function_name: str
    seconds: float = 900.0
    memory_limit_in_mb: int = 2048
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the invocation's time, in milliseconds."""
        return max(0, int((self.started + self.seconds - time.monotonic()) * 1000))
