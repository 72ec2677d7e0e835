"""What invocations cost."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.services.running_cost import RunningCost
from pratique.wiring.stores import clock, meter, stores

_MEGABYTES = 1024


def running_cost(context: LambdaContext) -> RunningCost:
    """Return the count of what this invocation costs from now on."""
    # Lambda's runtime gives the number as text.
    gigabytes = int(context.memory_limit_in_mb) / _MEGABYTES
    return RunningCost(meter().take, stores().spending, clock(), gigabytes=gigabytes)
