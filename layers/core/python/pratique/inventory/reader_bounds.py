"""What a reader of one file may take of processor time, and a layer of memory: the bounds that the system enforces."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class OutOfTime(BaseException):
    """Raised where a reader is; no reader's own handling of errors catches it."""


_TICKS = 8


class FileClock:
    """Interrupts a reader that takes more than ``seconds`` of processor time, or an eighth more, for one file.

    The timer ticks all the while, as setting it anew for each file would take as long as reading a small one.  Signals
    reach the main thread of a process only, where layers are read; in another thread nothing is interrupted.
    """

    def __init__(self, seconds: int) -> None:
        """Begin with nobody on the clock; within the context, signals are ours."""
        self._seconds = seconds
        self._left: int | None = None  # ticks of the reader at work
        self._main = threading.current_thread() is threading.main_thread()

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Listen to the timer's signal, and afterwards leave it as it was."""
        if not self._main:
            yield
            return
        before = signal.signal(signal.SIGVTALRM, self._tick)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds / _TICKS, self._seconds / _TICKS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    def run(self, call: Callable[[], T]) -> T:
        """Return what ``call`` does; raises OutOfTime in it after its seconds."""
        self._left = _TICKS
        try:
            return call()
        finally:
            self._left = None

    def _tick(self, _signal: int, _frame: FrameType | None) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            raise OutOfTime


@contextmanager
def memory_bound(most: int) -> Iterator[None]:
    """Let this process hold at most ``most`` bytes of its own memory; what goes beyond raises MemoryError.

    An outer bound that is lower stays.  Systems that do not enforce such a bound (macOS) are left as they are.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft != resource.RLIM_INFINITY and soft <= most:
        yield
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
