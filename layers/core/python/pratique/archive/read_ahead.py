"""Makes chunks in a thread of its own while those before are looked at.

Decompression and hashing leave the interpreter's lock to others, so that a second core takes half of the work on a
layer, and a registry sends while files are read.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread

# A thread that needs the interpreter's lock for microseconds would else wait for it longer than a chunk takes to make.
_SWITCH_SECONDS = 0.0005
_END_SECONDS = 5.0


def read_ahead(chunks: Iterable[bytes], *, most: int) -> Generator[bytes]:
    """Yield ``chunks``, of which a thread has made at most ``most`` more than were asked for.

    What goes wrong there is raised here, after the chunks before it.  Closing the generator ends the thread, once it
    has made the chunk that it is at.  There is no thread where there is one chunk only.
    """
    source = iter(chunks)
    first = next(source, None)
    if first is None:
        return
    yield first
    second = next(source, None)
    if second is None:
        return
    yield second
    maker = _Maker(source, most)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield from maker.chunks()
    finally:
        sys.setswitchinterval(interval)
        maker.end()


class _Maker:
    """A thread that makes chunks, and says with None that there are no more."""

    def __init__(self, source: Iterator[bytes], most: int) -> None:
        self._source = source
        self._made = SimpleQueue[bytes | BaseException | None]()
        self._room = SimpleQueue[int]()  # a 1 for each chunk that there is room for, a 0 where no more is wanted
        for _ in range(most):
            self._room.put(1)
        # What is in force here (limits among it) is so in the thread.
        self._thread = Thread(target=copy_context().run, args=(self._make,), name="read-ahead", daemon=True)
        self._thread.start()

    def chunks(self) -> Iterator[bytes]:
        """Yield what is made, and raise what goes wrong."""
        while (made := self._made.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made
            self._room.put(1)

    def end(self) -> None:
        """Wait for the end of the thread, which makes no chunk more, unless it hangs on a registry."""
        while not self._room.empty():
            self._room.get()
        self._room.put(0)
        self._thread.join(_END_SECONDS)

    def _make(self) -> None:
        try:
            for chunk in self._source:
                if not self._room.get():
                    return
                self._made.put(chunk)
        except BaseException as error:  # noqa: BLE001 - it is raised where the chunks are asked for
            self._made.put(error)
        else:
            self._made.put(None)
