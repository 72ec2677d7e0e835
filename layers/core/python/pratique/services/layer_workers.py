"""Work in processes of its own, one for each core, where one that crashes loses no more than what it was at."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def in_workers(work: Callable[[Job], Result], jobs: Sequence[Job], workers: int) -> Iterator[tuple[Job, Result | None]]:
    """Yield each job with what ``work`` made of it, as they are done, in at most ``workers`` processes.

    The jobs that were lost with a crashed process are done again, each in a process of its own; None stands for the
    result of one that was lost there too.  ``work``, jobs and results are pickled.
    """
    lost: list[Job] = []
    with _pool(min(workers, len(jobs))) as pool:
        futures = {pool.submit(work, job): job for job in jobs}
        for future in as_completed(futures):
            result = _result(future)
            if result is None:
                lost.append(futures[future])
            else:
                yield futures[future], result
    for job in lost:
        with _pool(1) as pool:
            yield job, _result(pool.submit(work, job))


def _pool(workers: int) -> ProcessPoolExecutor:
    # A forked child has everything imported already.  Beside other threads it could inherit a lock that nobody opens.
    method = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method))


def _result(future: Future[Result]) -> Result | None:
    try:
        return future.result()
    except BrokenProcessPool:
        return None
