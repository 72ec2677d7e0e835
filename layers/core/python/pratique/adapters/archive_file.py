"""One image archive on disk, compressed as a whole or not, and its files by path.

A plain archive is read where it lies; a compressed one is inflated once into a temporary file, within limits.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard
from isal import igzip, igzip_lib

from pratique.adapters.archive_index import ArchivedFile, is_tar, read_index
from pratique.errors import RegistryError
from pratique.ports.images import ByteReader

MOST_BYTES = 64 << 30
"""What a compressed archive may inflate to, in bytes."""
_MOST_TIMES = 250
_RATIO_FROM = 1 << 30
_BLOCK = 512
_PIECE = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_OTHERS = {b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"PK\x03\x04": "zip"}


class ArchiveFile:
    """Files of one archive; several may be open at a time, in several threads."""

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        """Index the archive at ``path``.

        Raises RegistryError where it is no tar, is damaged, cannot be read or inflates to over ``most_bytes``, or
        to over 250 times its size once that is over 1 GiB.
        """
        self._name = str(path)
        try:
            stream = _opened(path, most_bytes)
            # Ends with this object: sources have no close of their own.
            weakref.finalize(self, stream.close)
            self._descriptor = stream.fileno()
            self._index = read_index(stream, os.fstat(self._descriptor).st_size)
        except OSError as error:
            raise RegistryError(f"cannot be read: {error.strerror or error}", image=self._name) from error
        except RegistryError as error:
            raise RegistryError(error.message, image=self._name) from error

    @property
    def name(self) -> str:
        """The archive's path."""
        return self._name

    def size(self, path: str) -> int | None:
        """Return the size of a file in bytes, or None where there is none."""
        found = self._index.find(path)
        return None if found is None else found.size

    @contextmanager
    def open(self, path: str) -> Iterator[ByteReader]:
        """Open a file; raises RegistryError where there is none."""
        found = self._index.find(path)
        if found is None:
            raise RegistryError("is not in the archive", image=self._name, path=path)
        yield _Section(self, self._descriptor, found)


class _Section:
    """One file inside the archive; it keeps the archive open."""

    def __init__(self, archive: ArchiveFile, descriptor: int, file: ArchivedFile) -> None:
        self._archive = archive
        self._descriptor = descriptor
        self._position = file.offset
        self._end = file.offset + file.size

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, ``b""`` at the end."""
        try:
            chunk = os.pread(self._descriptor, min(size, self._end - self._position), self._position)
        except OSError as error:
            raise RegistryError(f"cannot be read: {error.strerror}", image=self._archive.name) from error
        self._position += len(chunk)
        return chunk


def _opened(path: Path, most_bytes: int) -> BinaryIO:
    """Return the archive as a plain tar, open."""
    with path.open("rb") as stream:
        head = stream.read(_BLOCK)
        if head.startswith((_GZIP, _ZSTD)):
            stream.seek(0)
            return _inflated(stream, head, path.stat().st_size, most_bytes)
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise RegistryError(f"the file is a {name} file: unpack it, or compress it with gzip or zstd")
    if not is_tar(head):
        raise RegistryError("the file is not an image archive: it is no tar")
    return path.open("rb")


def _inflated(stream: BinaryIO, head: bytes, size: int, most_bytes: int) -> BinaryIO:
    output = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - it lives as long as the archive
    try:
        _inflate(stream, head, output, min(most_bytes, max(_RATIO_FROM, _MOST_TIMES * size)))
    except BaseException:
        output.close()
        raise
    return output


def _inflate(stream: BinaryIO, head: bytes, output: BinaryIO, most_bytes: int) -> None:
    got = 0
    for piece in _pieces(stream, head):
        got += len(piece)
        if got > most_bytes:
            raise RegistryError(f"the archive inflates to over {most_bytes} bytes")
        output.write(piece)
    output.flush()
    output.seek(0)
    if not is_tar(output.read(_BLOCK)):
        raise RegistryError("the file is not an image archive: what is compressed in it is no tar")


def _pieces(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    try:
        if head.startswith(_GZIP):
            with igzip.IGzipFile(fileobj=stream, mode="rb") as source:  # type: ignore[no-untyped-call]  # isal has no types
                yield from iter(lambda: source.read(_PIECE), b"")
        else:
            with zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True, closefd=False) as reader:
                yield from iter(lambda: reader.read(_PIECE), b"")
    except (zstandard.ZstdError, EOFError, igzip_lib.IsalError, igzip.BadGzipFile) as error:  # type: ignore[misc]  # the stubs call isal's error a value
        raise RegistryError(f"the archive's compression is damaged: {error}"[:200]) from error
