"""A stream of chunks, of which only the one at hand is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pratique.archive.large_pages import reserved

_MOST_RESERVED = 128 << 20


class ByteWindow:
    """Gives out a stream piece by piece, or passes over it without a copy.

    ``chunk`` is the chunk at hand and ``at`` the place in it from which on nothing was taken: whoever takes thousands
    of small pieces looks there first.
    """

    __slots__ = ("_chunks", "at", "chunk")

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Take nothing yet."""
        self._chunks: Iterator[bytes] = iter(chunks)
        self.chunk = b""
        self.at = 0

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end of the stream."""
        at = self.at
        end = at + size
        if end <= len(self.chunk):
            self.at = end
            return self.chunk[at:end]
        return self._take_across(size)

    def peek(self, size: int) -> bytes:
        """Return what `take` would, and leave it there; for sizes far below a chunk's."""
        end = self.at + size
        while end > len(self.chunk):
            more = next(self._chunks, None)
            if more is None:
                break
            self.chunk = self.chunk[self.at :] + more
            self.at = 0
            end = size
        return self.chunk[self.at : end]

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes and return how many were missing at the end of the stream, 0 for none."""
        at = self.at + size
        while at > len(self.chunk):
            at -= len(self.chunk)
            more = next(self._chunks, None)
            if more is None:
                self.chunk = b""
                self.at = 0
                return at
            self.chunk = more
        self.at = at
        return 0

    def _take_across(self, size: int) -> bytes:
        # What is promised may never come: the room that is reserved for it becomes memory as it is written to.  Each
        # chunk is let go of as it is copied: with all of them in hand, a large file would stand in memory twice.
        taken = reserved(min(size, _MOST_RESERVED))
        taken.write(memoryview(self.chunk)[self.at :])
        self.at = len(self.chunk)
        while (missing := size - taken.tell()) and (more := next(self._chunks, None)) is not None:
            self.chunk = more
            self.at = min(missing, len(more))
            taken.write(memoryview(more)[: self.at])
        taken.truncate()
        return taken.getvalue()
