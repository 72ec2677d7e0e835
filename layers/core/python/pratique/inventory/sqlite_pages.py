"""Tables of an SQLite file, read from its bytes without running SQL that the file might bring along.

https://www.sqlite.org/fileformat2.html; a write-ahead log is laid over the file as section 4 says.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pratique.errors import ExtractorError

_MAGIC = b"SQLite format 3\0"
_FILE_HEADER = 100
_SMALLEST_PAGE, _LARGEST_PAGE = 512, 1 << 16
_INTERIOR, _LEAF = 0x05, 0x0D
_MAX_DEPTH = 32
_WAL_HEADER, _FRAME_HEADER = 32, 24
_WAL_MAGIC = 0x377F0682
_NULL, _ZERO, _ONE, _FIRST_BLOB = 0, 8, 9, 12
_INTEGER_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8}

Value = int | bytes | None
"""A column: an integer (floating-point numbers are given as their bits), text or blob as bytes, or NULL."""


class SqliteFile:
    """The pages of a database with its write-ahead log, if there is one, laid over them.

    Raises ExtractorError where the file is not SQLite's or is damaged.
    """

    def __init__(self, body: bytes, log: bytes = b"") -> None:
        """Read the header of ``body`` and the committed frames of ``log``."""
        if len(body) < _FILE_HEADER or not body.startswith(_MAGIC):
            raise ExtractorError("not an SQLite database")
        (size,) = struct.unpack_from(">H", body, 16)
        self._size = _LARGEST_PAGE if size == 1 else size
        if not _SMALLEST_PAGE <= self._size <= _LARGEST_PAGE or self._size & (self._size - 1):
            raise ExtractorError(f"{self._size} is no SQLite page size")
        self._usable = self._size - body[20]
        self._body = body
        self._over = committed_pages(log, self._size) if log else {}
        self._last = max(len(body) // self._size, max(self._over, default=0))

    def rows(self, table: str) -> Iterator[list[Value]]:
        """Yield the rows of ``table``; raises ExtractorError where there is no such table."""
        for row in self._tree(1, 0, set()):
            if row[:2] == [b"table", table.encode()] and isinstance(row[3], int):
                yield from self._tree(row[3], 0, set())
                return
        raise ExtractorError(f"the SQLite database has no table {table}")

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self._last:
            raise ExtractorError("an SQLite page points outside the file")
        page = self._over.get(number)
        if page is None:
            page = self._body[(number - 1) * self._size : number * self._size]
        if len(page) != self._size:
            raise ExtractorError("an SQLite page is cut short")
        return page

    def _tree(self, number: int, depth: int, seen: set[int]) -> Iterator[list[Value]]:
        if number in seen or depth > _MAX_DEPTH:
            raise ExtractorError("the pages of an SQLite table run in a circle")
        seen.add(number)
        page = self._page(number)
        start = _FILE_HEADER if number == 1 else 0
        kind, cells = page[start], int.from_bytes(page[start + 3 : start + 5], "big")
        if kind not in (_INTERIOR, _LEAF):
            raise ExtractorError("a page of an SQLite table is of another kind")
        first = start + (12 if kind == _INTERIOR else 8)
        if first + 2 * cells > self._size:
            raise ExtractorError("an SQLite page holds more cells than fit")
        for pointer in struct.unpack_from(f">{cells}H", page, first):
            if kind == _LEAF:
                yield _columns(self._payload(page, pointer))
            else:
                yield from self._tree(int.from_bytes(page[pointer : pointer + 4], "big"), depth + 1, seen)
        if kind == _INTERIOR:
            yield from self._tree(int.from_bytes(page[start + 8 : start + 12], "big"), depth + 1, seen)

    def _payload(self, page: bytes, pointer: int) -> bytes:
        length, pointer = _varint(page, pointer)
        _row_id, pointer = _varint(page, pointer)
        largest = self._usable - 35
        if length <= largest:
            return page[pointer : pointer + length]
        smallest = (self._usable - 12) * 32 // 255 - 23
        local = smallest + (length - smallest) % (self._usable - 4)
        if local > largest:
            local = smallest
        parts = [page[pointer : pointer + local]]
        following = int.from_bytes(page[pointer + local : pointer + local + 4], "big")
        missing = length - local
        if missing > self._last * self._usable:
            raise ExtractorError("an SQLite record is longer than its file")
        while missing > 0:
            overflow = self._page(following)
            parts.append(overflow[4 : min(self._usable, 4 + missing)])
            missing -= self._usable - 4
            following = int.from_bytes(overflow[:4], "big")
        return b"".join(parts)


def committed_pages(log: bytes, page_size: int) -> dict[int, bytes]:
    """Return the newest committed content of each page in a write-ahead log.

    The log ends at the first frame whose salt or running checksum is wrong (what is left of an older
    log); frames after the last commit do not count.
    """
    if len(log) < _WAL_HEADER or struct.unpack_from(">I", log)[0] & ~1 != _WAL_MAGIC:
        return {}
    size = struct.unpack_from(">I", log, 8)[0]
    if size != page_size:
        return {}
    order = ">" if log[3] & 1 else "<"
    salts = log[16:24]
    total = _checksum(order, log[:24], (0, 0))
    pending: dict[int, bytes] = {}
    committed: dict[int, bytes] = {}
    for start in range(_WAL_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        number, commit = struct.unpack_from(">II", log, start)
        page = log[start + _FRAME_HEADER : start + _FRAME_HEADER + size]
        total = _checksum(order, page, _checksum(order, log[start : start + 8], total))
        if log[start + 8 : start + 16] != salts or struct.unpack_from(">II", log, start + 16) != total:
            break
        pending[number] = page
        if commit:
            committed |= pending
            pending = {}
    return committed


def _checksum(order: str, part: bytes, total: tuple[int, int]) -> tuple[int, int]:
    first, second = total
    for left, right in struct.iter_unpack(f"{order}II", part):
        first = (first + left + second) & 0xFFFFFFFF
        second = (second + right + first) & 0xFFFFFFFF
    return first, second


def _varint(page: bytes, offset: int) -> tuple[int, int]:
    value = 0
    for position in range(offset, offset + 8):
        byte = page[position]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that more follows
            return value, position + 1
    return value << 8 | page[offset + 8], offset + 9


def _columns(payload: bytes) -> list[Value]:
    end, offset = _varint(payload, 0)
    content = end
    values: list[Value] = []
    while offset < min(end, len(payload)):
        serial, offset = _varint(payload, offset)
        size = _INTEGER_SIZES.get(serial, 0) if serial < _FIRST_BLOB else (serial - _FIRST_BLOB) // 2
        part = payload[content : content + size]
        if len(part) != size:
            raise ExtractorError("an SQLite record is cut short")
        content += size
        values.append(_value(serial, part))
    return values


def _value(serial: int, part: bytes) -> Value:
    if serial >= _FIRST_BLOB:
        return part
    if serial == _NULL:
        return None
    return {_ZERO: 0, _ONE: 1}.get(serial, int.from_bytes(part, "big", signed=True))
