"""Decompression of a layer as a stream: gzip, zstd or none, decided by the first bytes.

https://www.rfc-editor.org/rfc/rfc1952 (gzip), https://www.rfc-editor.org/rfc/rfc8878 (zstd)
"""

from __future__ import annotations

from collections.abc import Iterator

from isal import isal_zlib
from zstandard import ZstdDecompressor, ZstdError

from pratique.archive.limits import Limits
from pratique.errors import ArchiveError
from pratique.ports.images import ByteReader

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_INPUT = 256 * 1024
_OUTPUT = 1024 * 1024
_GZIP_WINDOW = 31  # zlib's word for "32 KiB window, gzip framing"
_ZSTD_WINDOW = 128 << 20


class _Counted:
    """Counts what is read from a reader, for the limits."""

    def __init__(self, reader: ByteReader, first: bytes) -> None:
        self._reader = reader
        self._first = first
        self.bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            self.bytes += len(first)
            return first
        body = self._reader.read(size if size > 0 else _INPUT)
        self.bytes += len(body)
        return body


class Inflater:
    """Iterates over the expanded bytes of one blob in chunks of at most a megabyte or so.

    ``compressed_bytes`` and ``expanded_bytes`` count what has passed.  Raises ArchiveError for malformed data
    and where a limit is exceeded, after everything before has been given out.
    """

    def __init__(self, reader: ByteReader, limits: Limits) -> None:
        """Read nothing yet."""
        self._reader = reader
        self._limits = limits
        self._source: _Counted | None = None
        self.expanded_bytes = 0

    @property
    def compressed_bytes(self) -> int:
        """Bytes of the blob read so far."""
        return self._source.bytes if self._source is not None else 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the expanded bytes."""
        first = self._reader.read(_INPUT)
        self._source = source = _Counted(self._reader, first)
        if first.startswith(_GZIP):
            chunks = _gunzip(source)
        elif first.startswith(_ZSTD):
            chunks = _unzstd(source)
        else:
            chunks = _plain(source)
        limits = self._limits
        for chunk in chunks:
            self.expanded_bytes += len(chunk)
            if self.expanded_bytes > limits.ratio_free_bytes:
                self._check(source.bytes)
            yield chunk

    def _check(self, compressed: int) -> None:
        limits = self._limits
        if self.expanded_bytes > limits.layer_expanded_bytes:
            raise ArchiveError(f"the layer expands to more than {limits.layer_expanded_bytes} bytes")
        if compressed > limits.layer_compressed_bytes:
            raise ArchiveError(f"the layer has more than {limits.layer_compressed_bytes} compressed bytes")
        if self.expanded_bytes > compressed * limits.expansion_ratio:
            raise ArchiveError(f"the layer expands to more than {limits.expansion_ratio} times its compressed size")


def _plain(source: _Counted) -> Iterator[bytes]:
    while chunk := source.read(_OUTPUT):
        yield chunk


def _gunzip(source: _Counted) -> Iterator[bytes]:
    data = source.read(_INPUT)
    while data:
        member = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
        while not member.eof:
            try:
                chunk = member.decompress(data, _OUTPUT)
            except isal_zlib.error as error:  # type: ignore[misc] # an exception class, which its stub hides
                raise ArchiveError(f"malformed gzip data: {error}") from error
            if chunk:
                yield chunk
            data = member.unconsumed_tail
            if not data and not member.eof and not chunk:
                data = source.read(_INPUT)
                if not data:
                    raise ArchiveError("gzip data ends before its end mark")
            elif not data and not member.eof:
                # Output may be held back although all input is taken: ask once more with what comes next.
                data = source.read(_INPUT)
        data = member.unused_data.lstrip(b"\0") or _next_member(source)


def _next_member(source: _Counted) -> bytes:
    """Return what follows a gzip member, padding of NULs left out; empty at the end of the blob."""
    while data := source.read(_INPUT):
        if data := data.lstrip(b"\0"):
            return data
    return b""


def _unzstd(source: _Counted) -> Iterator[bytes]:
    try:
        with ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(
            source,  # type: ignore[arg-type] # it needs nothing but read()
            read_across_frames=True,
            read_size=_INPUT,
        ) as stream:
            while chunk := stream.read(_OUTPUT):
                yield chunk
    except ZstdError as error:
        raise ArchiveError(f"malformed zstd data: {error}") from error
