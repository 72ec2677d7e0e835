"""Lambda on one machine: the deployed handlers, durable ones in the durable SDK's own local runner."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner

from pratique.errors import PratiqueError
from pratique.local.call_log import start_call_log, stop_call_log
from pratique.local.context import LocalContext
from pratique.local.template import memory_sizes
from pratique.local.workers import WorkerPool

Handler = Callable[[dict[str, Any], Any], Any]

_log = logging.getLogger(__name__)

DURABLE = ("scan_image", "rescan", "hunt_samples")
PLAIN = (
    "receive_push",
    "receive_webhook",
    "assess_image",
    "rematch_images",
    "apply_allow_list",
    "apply_suppressions",
    "tick",
    "aggregate_findings",
    "repair_counts",
    "send_events",
    "sweep_reports",
    "serve_api",
    "serve_console",
)
# Whatever computes for long, or meets hostile bytes, runs in processes of its own.
POOLED = ("analyze_layer", "update_advisories")
_EXECUTION_SECONDS = 6 * 3600
_ASYNC_ATTEMPTS = 3  # Lambda's own for asynchronous invocations: one and two retries.


class LocalFunctions:
    """Invokes functions by their folder's name, synchronously or not."""

    def __init__(self, *, project: Path, log: Path, workers: int) -> None:
        """Load the handlers of ``project``/functions; ``workers`` processes read layers."""
        start_call_log()
        self._memory = memory_sizes(project / "template.yaml")
        self._handlers: dict[str, Handler] = {name: _handler(name) for name in (*PLAIN, *DURABLE)}
        sizes = {"analyze_layer": workers}
        self._pools = {name: WorkerPool(name, project=project, log=log, workers=sizes.get(name, 1)) for name in POOLED}
        self._handlers.update(self._pools)
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="async-invoke")
        self._executions: dict[tuple[str, str], str] = {}
        self._lock = Lock()
        self._runner = DurableFunctionTestRunner(
            self._handlers[DURABLE[0]], skip_time=False, execution_timeout=_EXECUTION_SECONDS
        )
        for name in DURABLE:
            self._runner.register_durable_function(name, self._handlers[name], execution_timeout=_EXECUTION_SECONDS)
        for name in (*PLAIN, *POOLED):
            self._runner.register_function(name, self._invoked(name))

    def call(self, name: str, event: dict[str, Any]) -> Any:
        """Invoke a plain function and return its answer; what it raises comes through."""
        known = self._known(name)
        return self._handlers[known](event, self._context(known))

    def start(self, name: str, event: Mapping[str, Any], *, execution_name: str = "") -> None:
        """Start a function asynchronously; a durable one at most once per ``execution_name``."""
        known = self._known(name)
        if known not in DURABLE:
            self._threads.submit(self._attempts, known, dict(event))
            return
        with self._lock:
            if (known, execution_name) in self._executions:
                return
            self._executions[known, execution_name] = self._runner.run_async(
                json.dumps(event),
                function_name=known,
                execution_name=execution_name,
                execution_timeout=_EXECUTION_SECONDS,
            )

    def close(self) -> None:
        """Stop everything that runs."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._runner.close()  # type: ignore[no-untyped-call] # the SDK leaves it untyped
        self._runner._scheduler._loop.close()  # noqa: SLF001 - its close() leaves the event loop open
        for pool in self._pools.values():
            pool.close()
        stop_call_log()

    def _invoked(self, name: str) -> Handler:
        """Return a function as durable ones invoke it: the runner's own context says nothing of memory."""
        return lambda event, _context: self._handlers[name](event, self._context(name))

    def _context(self, name: str) -> LocalContext:
        return LocalContext(name, memory_limit_in_mb=self._memory[name])

    def _known(self, name: str) -> str:
        bare = name.partition(":")[0]
        if bare not in self._handlers:
            raise PratiqueError(f"there is no function {name!r}")
        return bare

    def _attempts(self, name: str, event: dict[str, Any]) -> None:
        for attempt in range(_ASYNC_ATTEMPTS):
            try:
                self._handlers[name](event, self._context(name))
            except Exception:  # noqa: BLE001 - as Lambda does: whatever a function raises, it is tried again
                _log.exception("asynchronous invocation failed", extra={"function": name, "attempt": attempt})
            else:
                return


def _handler(name: str) -> Handler:
    handler: Handler = importlib.import_module(f"functions.{name}.handler").lambda_handler
    return handler
