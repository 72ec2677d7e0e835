"""rpm's own database format, ``Packages.db``: SUSE's default.  Everything is little-endian.

The layout is that of rpm's lib/backend/ndb/rpmpkg.c, https://github.com/rpm-software-management/rpm
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pratique.errors import ExtractorError

_HEADER = struct.Struct("<4sIIIII")
_SLOT = struct.Struct("<4sIII")
_BLOB = struct.Struct("<4sIII")
_PAGE, _BLOCK = 4096, 16
_FIRST_SLOT = 2


def ndb_headers(body: bytes) -> Iterator[bytes]:
    """Yield the header blob of every occupied slot; raises ExtractorError where a slot points nowhere."""
    if len(body) < _HEADER.size or body[:4] != b"RpmP":
        raise ExtractorError("not an ndb package database")
    slot_pages = _HEADER.unpack_from(body)[3]
    end = min(slot_pages * _PAGE, len(body) - len(body) % _SLOT.size)
    for offset in range(_FIRST_SLOT * _SLOT.size, end, _SLOT.size):
        magic, package, block, blocks = _SLOT.unpack_from(body, offset)
        if magic != b"Slot":
            raise ExtractorError("a slot of the ndb database is damaged")
        if package:
            yield _blob(body, package=package, start=block * _BLOCK, size=blocks * _BLOCK)


def _blob(body: bytes, *, package: int, start: int, size: int) -> bytes:
    if start + _BLOB.size > len(body):
        raise ExtractorError("a slot of the ndb database points past its end")
    magic, owner, _generation, length = _BLOB.unpack_from(body, start)
    if magic != b"BlbS" or owner != package or length + _BLOB.size > size or start + _BLOB.size + length > len(body):
        raise ExtractorError("a record of the ndb database is damaged")
    return body[start + _BLOB.size : start + _BLOB.size + length]
