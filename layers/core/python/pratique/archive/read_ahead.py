"""Makes chunks in a thread of its own while those before are looked at.

Decompression and hashing leave the interpreter's lock to others, so that a second core takes half of the work on a
layer, and a registry sends while files are read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Self

# A thread that needs the interpreter's lock for microseconds would else wait for it longer than a chunk takes to make.
_SWITCH_SECONDS = 0.0005
_LOOK_SECONDS = 1.0
_END_SECONDS = 5.0


class _SwitchInterval:
    """The interpreter's, which is one for all threads: short while there is somebody who needs it so."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._before = 0.0

    def shorten(self) -> None:
        with self._lock:
            if not self._users:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(_SWITCH_SECONDS)
            self._users += 1

    def restore(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                sys.setswitchinterval(self._before)


_INTERVAL = _SwitchInterval()


class ReadAhead:
    """Iterates over chunks, of which a thread makes at most ``most`` more than were asked for.

    What goes wrong there is raised here, after the chunks before it.  It is to be closed, and best made before memory
    is bounded: a thread that has none to begin with is waited for in vain.
    """

    def __init__(self, chunks: Iterable[bytes], *, most: int) -> None:
        """Begin to make chunks."""
        self._source = iter(chunks)
        self._made = SimpleQueue[bytes | BaseException | None]()
        self._room = SimpleQueue[None]()  # one for each chunk that there is room for
        for _ in range(most):
            self._room.put(None)
        self._ended = False
        self._closed = False
        # What is in force here (limits among it) is so in the thread.
        self._thread = Thread(target=copy_context().run, args=(self._make,), name="read-ahead", daemon=True)
        self._thread.start()
        _INTERVAL.shorten()

    def __iter__(self) -> Self:
        """Return itself: every chunk is given out once."""
        return self

    def __next__(self) -> bytes:
        """Return the next chunk."""
        made = None if self._ended else self._next()
        if isinstance(made, bytes):
            self._room.put(None)
            return made
        self._ended = True
        if made is None:
            raise StopIteration
        raise made

    def close(self) -> None:
        """Give out no chunk more; the thread ends with the one that it is at, unless it hangs on a registry."""
        self._ended = True
        if not self._closed:
            self._closed = True
            _INTERVAL.restore()
        self._room.put(None)  # for a thread that waits for some
        self._thread.join(_END_SECONDS)

    def _next(self) -> bytes | BaseException | None:
        while True:
            try:
                return self._made.get(timeout=_LOOK_SECONDS)
            except Empty:
                if not self._thread.is_alive() and self._made.empty():
                    return MemoryError()  # nothing else keeps it from saying how it ended

    def _make(self) -> None:
        try:
            for chunk in self._source:
                self._room.get()
                if self._ended:
                    return
                self._made.put(chunk)
        except BaseException as error:  # noqa: BLE001 - it is raised where the chunks are asked for
            self._made.put(error)
        else:
            self._made.put(None)
