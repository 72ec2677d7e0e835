"""A stream of chunks, of which only the one at hand is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class ByteWindow:
    """Gives out a stream piece by piece, or passes over it without a copy."""

    __slots__ = ("_at", "_chunk", "_chunks")

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Take nothing yet."""
        self._chunks: Iterator[bytes] = iter(chunks)
        self._chunk = b""
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end of the stream."""
        at = self._at
        end = at + size
        if end <= len(self._chunk):
            self._at = end
            return self._chunk[at:end]
        return self._take_across(size)

    def peek(self, size: int) -> bytes:
        """Return what `take` would, and leave it there; for sizes far below a chunk's."""
        end = self._at + size
        while end > len(self._chunk):
            more = next(self._chunks, None)
            if more is None:
                break
            self._chunk = self._chunk[self._at :] + more
            self._at = 0
            end = size
        return self._chunk[self._at : end]

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes and return how many were missing at the end of the stream, 0 for none."""
        at = self._at + size
        while at > len(self._chunk):
            at -= len(self._chunk)
            more = next(self._chunks, None)
            if more is None:
                self._chunk = b""
                self._at = 0
                return at
            self._chunk = more
        self._at = at
        return 0

    def take_after(self, skipped: int, size: int) -> bytes | None:
        """Pass over ``skipped`` bytes and take the next ``size``; None, nothing passed, where the chunk ends first."""
        at = self._at + skipped
        end = at + size
        if end > len(self._chunk):
            return None
        self._at = end
        return self._chunk[at:end]

    def _take_across(self, size: int) -> bytes:
        # What is promised may never come, so that nothing is set aside for it before it is there.
        parts = [memoryview(self._chunk)[self._at :]]
        missing = size - len(parts[0])
        self._at = len(self._chunk)
        while missing and (more := next(self._chunks, None)) is not None:
            self._chunk = more
            self._at = min(missing, len(more))
            parts.append(memoryview(more)[: self._at])
            missing -= self._at
        return b"".join(parts)
