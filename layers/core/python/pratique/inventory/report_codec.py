"""Layer reports as bytes."""

from __future__ import annotations

from pratique.inventory.stored_json import pack, unpack
from pratique.model.inventory import LayerReport

SCHEMA = 3


def encode(report: LayerReport) -> bytes:
    """Return the bytes that `decode` reads."""
    return pack(report, schema=SCHEMA)


def decode(body: bytes) -> LayerReport:
    """Return the report; raises StoreError for bytes that are damaged or of another schema."""
    return unpack(body, LayerReport, schema=SCHEMA, what="a layer report")
