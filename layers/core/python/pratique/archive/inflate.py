"""Decompression of a layer as a stream: gzip, zstd or none, decided by the first bytes.

https://www.rfc-editor.org/rfc/rfc1952 (gzip), https://www.rfc-editor.org/rfc/rfc8878 (zstd)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from isal import igzip, isal_zlib
from zstandard import ZstdDecompressor, ZstdError

from pratique.archive.limits import Limits
from pratique.errors import ArchiveError, ArchiveOverLimit
from pratique.ports.images import ByteReader

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
# The sixteen magic numbers of zstd's skippable frames differ in the first byte only.
_SKIPPABLE_ZSTD = b"\x2a\x4d\x18"
_SKIPPABLE_FIRST = range(0x50, 0x60)
# Known, and not among those that the OCI image specification lets a layer have.
_OTHERS = ((b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x04\x22\x4d\x18", "lz4"))
_INPUT = 256 * 1024
_OUTPUT = 1024 * 1024
_GZIP_WINDOW = 31  # zlib's word for "32 KiB window, gzip framing"
_ZSTD_WINDOW = 128 << 20


class _Source:
    """Counts what is read from a reader, tells of it, and gives back the bytes that were looked at first."""

    def __init__(self, reader: ByteReader, progress: Callable[[int], None] | None) -> None:
        self._reader = reader
        self._progress = progress
        self._ahead: bytes | None = None
        self.bytes = 0

    def peek(self, size: int) -> bytes:
        """Return the first bytes of the blob, ``size`` of them unless it is shorter; they are read again later."""
        ahead = b""
        while len(ahead) < size and (more := self.read(_INPUT)):
            ahead += more
        self._ahead = ahead
        return ahead

    def read(self, size: int = -1, /) -> bytes:
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            if ahead:
                return ahead
        body = self._reader.read(size if size > 0 else _INPUT)
        self.bytes += len(body)
        if body and self._progress is not None:
            self._progress(len(body))
        return body

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer`` from its beginning and return how many bytes were read, 0 at the end only."""
        body = self.read(len(buffer))
        buffer[: len(body)] = body
        return len(body)


class Inflater:
    """Iterates over the expanded bytes of one blob in chunks of at most about a megabyte.

    ``compressed_bytes`` and ``expanded_bytes`` count what has passed.  When the iteration ends the reader has been
    read to its end.  Raises ArchiveError for malformed data, for a compression that layers may not have, and where a
    limit is exceeded; what came before has been given out, with ``to_the_last`` up to the very byte, else up to the
    last megabyte.
    """

    def __init__(
        self,
        reader: ByteReader,
        limits: Limits,
        progress: Callable[[int], None] | None = None,
        *,
        to_the_last: bool = False,
    ) -> None:
        """Read nothing yet; ``progress`` is told the size of every piece that is read."""
        self._source = _Source(reader, progress)
        self._limits = limits
        self._to_the_last = to_the_last
        self.expanded_bytes = 0

    @property
    def compressed_bytes(self) -> int:
        """Bytes of the blob read so far."""
        return self._source.bytes

    def __iter__(self) -> Iterator[bytes]:
        """Yield the expanded bytes."""
        source, limits = self._source, self._limits
        for chunk in _decompressed(source, to_the_last=self._to_the_last):
            self.expanded_bytes += len(chunk)
            if self.expanded_bytes > limits.ratio_free_bytes or source.bytes > limits.layer_compressed_bytes:
                self._check(source.bytes)
            yield chunk
        while source.read(_INPUT):
            self._check(source.bytes)

    def _check(self, compressed: int) -> None:
        limits = self._limits
        if self.expanded_bytes > limits.layer_expanded_bytes:
            raise ArchiveOverLimit(f"the layer expands to more than {limits.layer_expanded_bytes} bytes")
        if compressed > limits.layer_compressed_bytes:
            raise ArchiveOverLimit(f"the layer has more than {limits.layer_compressed_bytes} compressed bytes")
        if self.expanded_bytes > max(limits.ratio_free_bytes, compressed * limits.expansion_ratio):
            raise ArchiveOverLimit(f"the layer expands to more than {limits.expansion_ratio} times its compressed size")


def _decompressed(source: _Source, *, to_the_last: bool) -> Iterator[bytes]:
    first = source.peek(6)
    if first.startswith(_GZIP):
        return _gunzip_to_the_last(source) if to_the_last else _gunzip(source)
    if first.startswith(_ZSTD) or (first[1:4] == _SKIPPABLE_ZSTD and first[0] in _SKIPPABLE_FIRST):
        return _unzstd(source)
    for magic, name in _OTHERS:
        if first.startswith(magic):
            raise ArchiveError(f"the layer is compressed with {name}, which layers may not be")
    return _plain(source)


def _plain(source: _Source) -> Iterator[bytes]:
    while chunk := source.read(_OUTPUT):
        yield chunk


def _gunzip(source: _Source) -> Iterator[bytes]:
    """Yield the content of every member: eStargz layers have one for each file.

    Each chunk is made in one piece, with the interpreter's lock left to others meanwhile.
    """
    try:
        with igzip.IGzipFile(fileobj=source, mode="rb") as stream:  # type: ignore[no-untyped-call]
            while chunk := stream.read1(_OUTPUT):
                yield chunk
    except EOFError as error:
        raise ArchiveError("gzip data ends before its end mark") from error
    # OverflowError: the header, with the name in it, is longer than half a megabyte.
    except (isal_zlib.error, igzip.BadGzipFile, OverflowError) as error:  # type: ignore[misc] # classes, which stubs hide
        raise ArchiveError(f"malformed gzip data: {error}") from error


def _gunzip_to_the_last(source: _Source) -> Iterator[bytes]:
    """Yield what `_gunzip` does, and all of what stands before damage."""
    data = source.read(_INPUT)
    while data:
        member = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
        while not member.eof:
            if not data and not (data := source.read(_INPUT)):
                raise ArchiveError("gzip data ends before its end mark")
            try:
                chunk = member.decompress(data, _OUTPUT)
            except isal_zlib.error as error:  # type: ignore[misc] # an exception class, which its stub hides
                raise ArchiveError(f"malformed gzip data: {error}") from error
            data = member.unconsumed_tail
            if chunk:
                yield chunk
        data = _next_member(source, member.unused_data)


def _next_member(source: _Source, data: bytes) -> bytes:
    """Return what follows a gzip member, padding of NULs left out; empty at the end of the blob."""
    while not (rest := data.lstrip(b"\0")):
        data = source.read(_INPUT)
        if not data:
            return b""
    return rest


def _unzstd(source: _Source) -> Iterator[bytes]:
    try:
        with ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(
            source,  # type: ignore[arg-type] # it needs nothing but read()
            read_across_frames=True,
            read_size=_INPUT,
            closefd=False,
        ) as stream:
            while chunk := stream.read(_OUTPUT):
                yield chunk
    except ZstdError as error:
        raise ArchiveError(f"malformed zstd data: {error}") from error
