"""The durable SDK's local runner, closed without a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner


@contextmanager
def durable_runner(handler: Callable[..., Any]) -> Iterator[DurableFunctionTestRunner]:
    """Yield a runner of ``handler`` and close the event loop that it leaves open: every warning is an error here."""
    runner = DurableFunctionTestRunner(handler)
    try:
        yield runner
    finally:
        runner.close()  # type: ignore[no-untyped-call] # the SDK leaves it untyped
        runner._scheduler._loop.close()
