"""The body of one HTTP request, stated in length or chunked, read in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from http import HTTPStatus
from io import BufferedIOBase

_PIECE = 1 << 20
_LONGEST_LINE = 1024
_LONGEST_LENGTH = 18
_MOST_TRAILERS = 100


class Refused(Exception):
    """An answer other than success: status, and code and words of the protocol's error document."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class RequestBody:
    """Reads one request's body off its connection; ``is_read`` tells whether the next request can follow."""

    def __init__(self, headers: Message, stream: BufferedIOBase) -> None:
        """Read from ``stream`` what ``headers`` announce."""
        self._coding = headers.get("Transfer-Encoding", "").lower()
        self._length = headers.get("Content-Length", "0")
        self._stream = stream
        self.is_read = not self._coding and self._length == "0"

    def pieces(self, limit: int | None = None) -> Iterator[bytes]:
        """Yield what has not been read; raises Refused over ``limit`` bytes and where the framing is malformed."""
        if self.is_read:
            return
        got = 0
        for piece in self._framed():
            got += len(piece)
            if limit is not None and got > limit:
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "SIZE_INVALID", f"over {limit} bytes")
            yield piece
        self.is_read = True

    def _framed(self) -> Iterator[bytes]:
        if self._coding == "chunked":
            return self._chunks()
        if self._coding:
            raise Refused(HTTPStatus.NOT_IMPLEMENTED, "UNSUPPORTED", "unknown transfer coding")
        if not (self._length.isascii() and self._length.isdigit() and len(self._length) <= _LONGEST_LENGTH):
            raise Refused(HTTPStatus.BAD_REQUEST, "SIZE_INVALID", "malformed Content-Length")
        return self._exactly(int(self._length))

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._stream.read(min(size, _PIECE))
            if not piece:
                raise ConnectionError("the body ends early")
            size -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        """Read by RFC 9112, section 7.1; trailers are dropped."""
        while size := self._chunk_size():
            yield from self._exactly(size)
            self._stream.readline(_LONGEST_LINE)
        for _ in range(_MOST_TRAILERS):
            if not self._stream.readline(_LONGEST_LINE).strip():
                return
        raise Refused(HTTPStatus.BAD_REQUEST, "SIZE_INVALID", "too many trailers")

    def _chunk_size(self) -> int:
        line = self._stream.readline(_LONGEST_LINE).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", line):
            raise Refused(HTTPStatus.BAD_REQUEST, "SIZE_INVALID", "malformed chunk")
        return int(line, 16)
