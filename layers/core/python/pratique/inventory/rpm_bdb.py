"""Berkeley DB hash files, ``Packages``: what rpm used up to Fedora 32 and Enterprise Linux 8.

The page layouts are those of Berkeley DB's src/dbinc/db_page.h; both byte orders and every page size occur.
Pages are visited in file order, for a database holds no other hash pages than those of its one table.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pratique.errors import ExtractorError

_HASH_MAGIC = 0x00061561
_META_SIZE = 72
_PAGE_HEADER = 26
_SMALLEST_PAGE, _LARGEST_PAGE = 512, 1 << 16
_PAGE_UNSORTED_HASH, _PAGE_OVERFLOW, _PAGE_HASH = 2, 7, 13
_ITEM_INLINE, _ITEM_OFF_PAGE = 1, 3


class _HashFile:
    """The pages of one file in its byte order."""

    def __init__(self, body: bytes) -> None:
        if len(body) < _META_SIZE:
            raise ExtractorError("a Berkeley DB file is cut short")
        self.order = next((order for order in "<>" if struct.unpack_from(f"{order}I", body, 12)[0] == _HASH_MAGIC), "")
        if not self.order:
            raise ExtractorError("not a Berkeley DB hash file")
        (self.page_size,) = struct.unpack_from(f"{self.order}I", body, 20)
        (last,) = struct.unpack_from(f"{self.order}I", body, 32)
        if not _SMALLEST_PAGE <= self.page_size <= _LARGEST_PAGE or self.page_size & (self.page_size - 1):
            raise ExtractorError(f"{self.page_size} is no Berkeley DB page size")
        if len(body) % self.page_size:
            raise ExtractorError("a Berkeley DB file is cut short")
        self.body = body
        # Buckets are set aside ahead of use, so the last page may lie past the end of a sound file.
        self.pages = min(last + 1, len(body) // self.page_size)
        # next page, two skipped fields (entries, free offset), level, type
        self._head = struct.Struct(f"{self.order}IHHBB")
        self._off_page = struct.Struct(f"{self.order}4xII")

    def head(self, number: int) -> tuple[int, int, int, int]:
        """Return next page, entries, free offset and type of page ``number``."""
        if not 0 < number < self.pages:
            raise ExtractorError("a Berkeley DB page points outside the file")
        following, entries, free, _level, kind = self._head.unpack_from(self.body, number * self.page_size + 16)
        return following, entries, free, kind

    def values(self, number: int, entries: int) -> Iterator[bytes]:
        """Yield the values of hash page ``number``; keys and values alternate, each before the one it follows."""
        start = number * self.page_size
        if _PAGE_HEADER + 2 * entries > self.page_size:
            raise ExtractorError("a Berkeley DB page holds more entries than fit")
        offsets = struct.unpack_from(f"{self.order}{entries}H", self.body, start + _PAGE_HEADER)
        for position in range(1, entries, 2):
            offset, end = offsets[position], offsets[position - 1]
            if not _PAGE_HEADER <= offset < end <= self.page_size:
                raise ExtractorError("an entry of a Berkeley DB page lies outside it")
            kind = self.body[start + offset]
            if kind == _ITEM_INLINE:
                yield self.body[start + offset + 1 : start + end]
            elif kind == _ITEM_OFF_PAGE and offset + self._off_page.size <= self.page_size:
                first, length = self._off_page.unpack_from(self.body, start + offset)
                yield self._overflow(first, length)

    def _overflow(self, number: int, length: int) -> bytes:
        parts: list[bytes] = []
        missing = length
        while missing > 0 and len(parts) < self.pages:
            following, _entries, used, kind = self.head(number)
            if kind != _PAGE_OVERFLOW or not 0 < used <= self.page_size - _PAGE_HEADER:
                raise ExtractorError("a Berkeley DB value runs into another page")
            start = number * self.page_size + _PAGE_HEADER
            parts.append(self.body[start : start + used])
            missing -= used
            number = following
        if missing > 0:
            raise ExtractorError("a Berkeley DB value is cut short")
        return b"".join(parts)[:length]


def bdb_headers(body: bytes) -> Iterator[bytes]:
    """Yield the header blob of every record; raises ExtractorError where the file is damaged.

    The record of key 0 counts packages and holds four bytes: it is left out.
    """
    file = _HashFile(body)
    for number in range(1, file.pages):
        _following, entries, _free, kind = file.head(number)
        if kind in (_PAGE_UNSORTED_HASH, _PAGE_HASH):
            yield from (value for value in file.values(number, entries) if len(value) > 4)  # noqa: PLR2004 - see above
