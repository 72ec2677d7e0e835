"""Layer reports as bytes: JSON, compressed by zstd, with the schema's version inside."""

from __future__ import annotations

import msgspec
import zstandard

from pratique.errors import StoreError
from pratique.model.inventory import LayerReport

SCHEMA = 1
_LARGEST = 1 << 30


class _Stored(msgspec.Struct, frozen=True):
    schema: int
    report: LayerReport


class _Version(msgspec.Struct, frozen=True):
    schema: int


def encode(report: LayerReport) -> bytes:
    """Return the bytes that `decode` reads."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(_Stored(SCHEMA, report)))


def decode(body: bytes) -> LayerReport:
    """Return the report; raises StoreError for bytes that are damaged or of another schema."""
    try:
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_LARGEST)
        schema = msgspec.json.decode(plain, type=_Version).schema
        if schema != SCHEMA:
            raise StoreError(f"a layer report has schema {schema}, not {SCHEMA}")
        return msgspec.json.decode(plain, type=_Stored).report
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise StoreError(f"a layer report is damaged: {error}") from error
