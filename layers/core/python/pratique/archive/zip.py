"""Zip archives (jars, wheels, eggs) read from memory under limits, archives inside them included.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT; as Java and Python do, the central directory is believed
and bytes before the archive are allowed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from isal import isal_zlib
from msgspec import Struct, field

from pratique.archive.limits import Limits, current_limits
from pratique.errors import ArchiveError, ArchiveOverLimit

_END = b"PK\x05\x06"
_END_STRUCT = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
# magic, flags, method, checksum, compressed, expanded, three lengths, offset
_CENTRAL = struct.Struct("<4s4x2H4x3I3H8xI")
_LOCAL = struct.Struct("<4s5H3I2H")
_LONGEST_COMMENT = 1 << 16
_ZIP64_EXTRA = 1
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800


class ZipBudget(Struct):
    """What is left of the limits (``archive_…``); one budget is shared by an archive and all archives inside it."""

    limits: Limits = field(default_factory=current_limits)
    entries: int = 0
    expanded_bytes: int = 0

    def count_entry(self) -> None:
        """Count one entry; raises ArchiveError beyond the limit."""
        self.entries += 1
        if self.entries > self.limits.archive_entries:
            raise ArchiveOverLimit(f"a zip archive holds more than {self.limits.archive_entries} entries")

    def allow(self, name: str, compressed: int, expanded: int) -> None:
        """Take ``expanded`` bytes from the budget; raises ArchiveError where that is too much."""
        limits = self.limits
        self.expanded_bytes += expanded
        if expanded > limits.archive_entry_bytes or self.expanded_bytes > limits.archive_expanded_bytes:
            raise ArchiveOverLimit("a zip archive expands over the limit", path=name)
        if expanded > limits.archive_ratio_free_bytes and expanded > compressed * limits.archive_expansion_ratio:
            raise ArchiveOverLimit(f"a zip entry expands more than {limits.archive_expansion_ratio} times", path=name)


class ZipEntry(NamedTuple):
    """One file of an archive, as its central directory tells.

    A tuple, because a layer of Java archives has some hundred thousand of them and nearly all are looked at once.
    """

    name: str
    method: int
    flags: int
    checksum: int
    compressed: int
    expanded: int
    offset: int


class ZipArchive:
    """One archive in memory.  Every method raises ArchiveError for malformed bytes and beyond a limit."""

    def __init__(self, body: bytes, budget: ZipBudget | None = None) -> None:
        """Find the central directory of ``body``."""
        self._body = body
        self.budget = budget or ZipBudget()
        end = _find_end(body)
        self._entries, size, start = _directory_of(body, end)
        directory_end = _directory_end(body, end)
        self._start = directory_end - size
        # What stands before the archive (a launcher script) shifts every offset by its length.
        self._shift = self._start - start
        self.passed_over = (0, 0)
        if self._start < 0 or self._shift < 0:
            raise ArchiveError("the directory of a zip archive points outside it")

    def entries(self, *, without: tuple[bytes, ...] = ()) -> Iterator[ZipEntry]:
        """Yield every file entry in the order of the central directory; folders are left out.

        So are files whose names end in one of ``without``: of those that nobody wants, no value is made.
        ``passed_over`` says afterwards how many they were, and of how many bytes expanded.
        """
        files = expanded_bytes = 0
        position, body, budget = self._start, self._body, self.budget
        size, length, unpack = _CENTRAL.size, len(body), _CENTRAL.unpack_from
        for _ in range(self._entries):
            if position + size > length:
                raise ArchiveError("the directory of a zip archive is cut short")
            magic, flags, method, checksum, compressed, expanded, name_size, extra_size, comment_size, offset = unpack(
                body, position
            )
            if magic != b"PK\x01\x02":
                raise ArchiveError("the directory of a zip archive is damaged")
            budget.count_entry()
            name_end = position + size + name_size
            raw = body[position + size : name_end]
            position = name_end + extra_size + comment_size
            if raw.endswith(b"/"):
                continue
            if _FULL32 in (compressed, expanded, offset):
                extra = body[name_end : name_end + extra_size]
                expanded, compressed, offset = _wide(extra, expanded, compressed, offset)
            if without and raw.endswith(without):
                files += 1
                expanded_bytes += expanded
                self.passed_over = files, expanded_bytes
                continue
            name = raw.decode("utf-8" if flags & _UTF8_NAME else "cp437", "replace")
            yield ZipEntry(name, method, flags, checksum, compressed, expanded, offset)

    def head(self, entry: ZipEntry, size: int) -> bytes:
        """Return the first ``size`` bytes of ``entry`` at most, or fewer where it is damaged; nothing is verified."""
        packed = self._packed(entry)
        if entry.method != _DEFLATED:
            return packed[:size]
        try:
            return isal_zlib.decompressobj(-isal_zlib.MAX_WBITS).decompress(packed[: size * 4], size)
        except isal_zlib.error:  # type: ignore[misc] # an exception class, which its stub hides
            return b""

    def read(self, entry: ZipEntry) -> bytes:
        """Return the content of ``entry``, whose checksum has been verified."""
        self.budget.allow(entry.name, entry.compressed, entry.expanded)
        packed = self._packed(entry)
        content = _expand(entry, packed)
        sizes = len(packed), len(content)
        if sizes != (entry.compressed, entry.expanded) or isal_zlib.crc32(content) != entry.checksum:
            raise ArchiveError("a zip entry is damaged or cut short", path=entry.name)
        return content

    def _packed(self, entry: ZipEntry) -> bytes:
        start = entry.offset + self._shift
        if entry.flags & _ENCRYPTED:
            raise ArchiveError("a zip entry is encrypted", path=entry.name)
        if start < 0 or start + _LOCAL.size > len(self._body) or self._body[start : start + 4] != b"PK\x03\x04":
            raise ArchiveError("a zip entry points outside its archive", path=entry.name)
        name_size, extra_size = _LOCAL.unpack_from(self._body, start)[-2:]
        start += _LOCAL.size + name_size + extra_size
        return self._body[start : start + entry.compressed]


def _expand(entry: ZipEntry, packed: bytes) -> bytes:
    if entry.method == _STORED:
        return packed
    if entry.method != _DEFLATED:
        raise ArchiveError(f"zip compression method {entry.method} is not supported", path=entry.name)
    try:
        # One byte more than is stated shows an entry that lies about its size without expanding all of it.
        return isal_zlib.decompressobj(-isal_zlib.MAX_WBITS).decompress(packed, entry.expanded + 1)
    except isal_zlib.error as error:  # type: ignore[misc] # as above
        raise ArchiveError("a zip entry is damaged", path=entry.name) from error


def _find_end(body: bytes) -> int:
    lowest = max(0, len(body) - _LONGEST_COMMENT - _END_STRUCT.size)
    end = body.rfind(_END, lowest)
    while end >= 0:
        if end + _END_STRUCT.size <= len(body):
            return end
        end = body.rfind(_END, lowest, end)
    raise ArchiveError("not a zip archive, or one that is cut short")


def _directory_of(body: bytes, end: int) -> tuple[int, int, int]:
    """Return the number of entries, the size and the stated offset of the central directory."""
    _, disk, directory_disk, _here, entries, size, start, _comment = _END_STRUCT.unpack_from(body, end)
    wide = _end64(body, end)
    if wide >= 0:
        _, _, _, _, disk, directory_disk, _, entries, size, start = _END64.unpack_from(body, wide)
    elif _FULL32 in (size, start) or disk not in (0, _FULL16) or directory_disk not in (0, _FULL16):
        raise ArchiveError("a zip archive is one part of several")
    if disk and wide >= 0:
        raise ArchiveError("a zip archive is one part of several")
    if entries * _CENTRAL.size > size:
        raise ArchiveError("the directory of a zip archive is too small for its entries")
    return entries, size, start


def _end64(body: bytes, end: int) -> int:
    """Return where the zip64 end record stands, -1 where there is none."""
    locator = end - _END64_LOCATOR.size
    if locator < 0 or body[locator : locator + 4] != b"PK\x06\x07":
        return -1
    found = body.rfind(b"PK\x06\x06", max(0, locator - _LONGEST_COMMENT), locator)
    if found < 0 or found + _END64.size > len(body):
        raise ArchiveError("the zip64 directory of an archive is damaged")
    return found


def _directory_end(body: bytes, end: int) -> int:
    wide = _end64(body, end)
    return wide if wide >= 0 else end


def _wide(extra: bytes, expanded: int, compressed: int, offset: int) -> tuple[int, int, int]:
    """Return the three numbers with those that do not fit 32 bits taken from the zip64 extra field."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        if kind == _ZIP64_EXTRA:
            stated = iter(struct.unpack_from(f"<{min(size, len(extra) - position - 4) // 8}Q", extra, position + 4))
            try:
                found = [next(stated) if value == _FULL32 else value for value in (expanded, compressed, offset)]
            except (StopIteration, RuntimeError) as error:
                raise ArchiveError("a zip64 entry lacks a size") from error
            return found[0], found[1], found[2]
        position += 4 + size
    raise ArchiveError("a zip64 entry lacks its sizes")
