"""Core values as stored bytes: JSON, compressed by zstd, with the schema's number in it."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import Any, Generic, TypeVar, cast

import msgspec
import zstandard

from pratique.errors import StoreError

_LARGEST = 1 << 30
_LEVEL = 3
_WINDOW = 128 << 20
_PIECE = 1 << 20
_LIKELY_RATIO = 64

Value = TypeVar("Value")


class _Version(msgspec.Struct, frozen=True):
    schema: int


class _Stored(msgspec.Struct, Generic[Value], frozen=True):
    schema: int
    value: Value


def pack(value: object, *, schema: int) -> bytes:
    """Return the bytes that `unpack` reads.

    They have a checksum, as parts of a value may be taken apart long after it was read (see LayerReport).
    """
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    return compressor.compress(msgspec.json.encode(_Stored(schema, value)))


def unpack(body: bytes, kind: type[Value], *, schema: int, what: str) -> Value:
    """Return the value; raises StoreError, saying ``what`` it was, for bytes that are damaged or of another schema."""
    try:
        plain = _expanded(body, what)
        found = _decoded(plain, kind, schema=schema, what=what)
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise StoreError(f"{what} is damaged: {error}") from error
    return found


def _decoded(plain: bytes, kind: type[Value], *, schema: int, what: str) -> Value:
    """Read the value at once: only one that does not fit is read again for its schema, which then is the reason."""
    try:
        stored: _Stored[Value] = _decoder(cast("Hashable", kind)).decode(plain)
        found = stored.schema
    except msgspec.ValidationError:
        found = msgspec.json.decode(plain, type=_Version).schema
        if found == schema:
            raise
    if found != schema:
        raise StoreError(f"{what} has schema {found}, not {schema}")
    return stored.value


@functools.cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    """Return the decoder of one kind of value, of which there are a handful."""
    return msgspec.json.Decoder(_Stored[kind])  # type: ignore[valid-type] # given at run time


def _expanded(body: bytes, what: str) -> bytes:
    """Expand at once what declares a likely size, else piece by piece: then memory is asked for as content comes."""
    if 0 <= zstandard.frame_content_size(body) <= min(_LARGEST, _LIKELY_RATIO * len(body)):
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompress(body)
    pieces: list[bytes] = []
    size = 0
    with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(body) as stream:
        while piece := stream.read(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST:
                raise StoreError(f"{what} has more than {_LARGEST} bytes")
    return b"".join(pieces)
