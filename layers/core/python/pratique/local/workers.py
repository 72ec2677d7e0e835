"""Worker processes for one plain function, so that its work uses every core and its death harms nobody else."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from pratique.local.call_log import start_call_log
from pratique.local.context import LocalContext

_log = logging.getLogger(__name__)
_PARENT_SECONDS = 1.0


def run_handler(function: str, event: dict[str, Any]) -> Any:
    """Import ``functions/<function>/handler.py`` and call it; runs in a worker process."""
    module = importlib.import_module(f"functions.{function}.handler")
    return module.lambda_handler(event, LocalContext(function))


def _prepare(project: str, log: str) -> None:
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    sys.path.insert(0, project)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    start_call_log()


def _end_with_parent(parent: int) -> None:
    """End this process once its parent is gone: a parent that was killed could not end it."""
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    os._exit(1)


class WorkerPool:
    """Calls a function's handler in worker processes; a pool that broke is replaced for the next call."""

    def __init__(self, function: str, *, project: Path, log: Path, workers: int) -> None:
        """Start nothing yet: the first call does."""
        self._function = function
        self._project = project
        self._log = log
        self._workers = workers
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, event: dict[str, Any], context: object) -> Any:  # noqa: ARG002 - Lambda's form
        """Run one invocation; raises BrokenProcessPool where the worker died, as Lambda reports a crash."""
        with self._lock:
            pool = self._pool = self._pool or self._new_pool()
        try:
            return pool.submit(run_handler, self._function, event).result()
        except BrokenProcessPool:
            _log.warning("worker died", extra={"function": self._function})
            with self._lock:
                if self._pool is pool:
                    self._pool = None
            raise

    def close(self) -> None:
        """End the workers without waiting for what they do."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_prepare,
            initargs=(str(self._project), str(self._log)),
        )
