"""Where each file lies in an image archive, which is a plain tar of few and large files.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 and GNU's long names.  Only
what image archives hold is read: regular files, links, long names.  Contents are skipped, so size costs nothing.
"""

from __future__ import annotations

import posixpath
from typing import BinaryIO

from msgspec import Struct

from pratique.errors import RegistryError

_BLOCK = 512
_MOST_ENTRIES = 20_000
_LONGEST_RECORD = 1 << 20
_DEEPEST_LINK = 8
_REGULAR = (b"0", b"\0", b"7")
_LINKS = (b"1", b"2")


class ArchivedFile(Struct, frozen=True):
    """A file's place: offset of its first byte and size, in bytes; for links the path that they lead to."""

    offset: int
    size: int
    target: str = ""


class ArchiveIndex:
    """Files by path; of several entries of one path the last one counts, as unpacking has it."""

    def __init__(self, files: dict[str, ArchivedFile]) -> None:
        self._files = files

    def find(self, path: str) -> ArchivedFile | None:
        """Return a file, following links; None where there is none."""
        for _ in range(_DEEPEST_LINK):
            found = self._files.get(posixpath.normpath(path))
            if found is None or not found.target:
                return found
            path = found.target
        return None


def read_index(stream: BinaryIO, size: int) -> ArchiveIndex:
    """Read the headers of a tar of ``size`` bytes; raises RegistryError where it is none or is cut short."""
    files: dict[str, ArchivedFile] = {}
    longer: dict[str, str] = {}
    position = entries = 0
    while header := _header(stream, position, size):
        entries += 1
        if entries > _MOST_ENTRIES:
            raise RegistryError(f"the archive has over {_MOST_ENTRIES} entries")
        kind, body = header[156:157], position + _BLOCK
        length = (
            int(longer["size"]) if kind in _REGULAR and longer.get("size", "").isdigit() else _number(header[124:136])
        )
        if length > size - body:
            raise RegistryError("the archive is cut short")
        position = body + -(-length // _BLOCK) * _BLOCK
        if kind in (b"x", b"L", b"K"):
            longer |= _longer_names(kind, _record(stream, body, length))
            continue
        name = longer.get("path") or _name(header)
        target = longer.get("linkpath") or _text(header[157:257])
        longer = {}
        if kind in _REGULAR:
            files[posixpath.normpath(name)] = ArchivedFile(body, length)
        elif kind in _LINKS:
            base = posixpath.dirname(name) if kind == b"2" else ""
            files[posixpath.normpath(name)] = ArchivedFile(0, 0, posixpath.join(base, target) or ".")
    return ArchiveIndex(files)


def is_tar(head: bytes) -> bool:
    """Whether a file that begins with ``head`` (a block of 512 bytes) is a tar."""
    try:
        return len(head) == _BLOCK and any(head) and _checksum_fits(head)
    except RegistryError:
        return False


def _header(stream: BinaryIO, position: int, size: int) -> bytes | None:
    """Return the next header, None at the end: two empty blocks, one as some tools write it, or no more bytes."""
    if position >= size:
        return None
    stream.seek(position)
    header = stream.read(_BLOCK)
    if not any(header):
        return None
    if len(header) < _BLOCK or not _checksum_fits(header):
        raise RegistryError("the archive is not a tar, or is damaged")
    return header


def _checksum_fits(header: bytes) -> bool:
    return _number(header[148:156]) == sum(header) - sum(header[148:156]) + 8 * 0x20


def _number(field: bytes) -> int:
    """Read an octal number, or GNU's binary one for sizes of 8 GiB and more."""
    if field[0] & 0x80:
        number = int.from_bytes(field, "big", signed=False) & ~(0x80 << 8 * (len(field) - 1))
        return number if field[0] == 0x80 else -1  # noqa: PLR2004 - the marker bit alone
    digits = field.strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError as error:
        raise RegistryError("the archive is not a tar, or is damaged") from error


def _name(header: bytes) -> str:
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{_text(header[:100])}" if prefix else _text(header[:100])


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _record(stream: BinaryIO, offset: int, length: int) -> bytes:
    if length > _LONGEST_RECORD:
        raise RegistryError("the archive has a header record over 1 MiB")
    stream.seek(offset)
    return stream.read(length)


def _longer_names(kind: bytes, record: bytes) -> dict[str, str]:
    """Return path, linkpath and size as a pax or GNU record gives them."""
    if kind in (b"L", b"K"):
        return {"path" if kind == b"L" else "linkpath": _text(record)}
    found: dict[str, str] = {}
    while record:
        length, space, _ = record.partition(b" ")
        if not (space and length.isdigit() and len(length) + 1 < int(length[:9]) <= len(record)):
            raise RegistryError("the archive has a malformed header record")
        key, _, value = record[len(length) + 1 : int(length) - 1].partition(b"=")
        if key in (b"path", b"linkpath", b"size"):
            found[key.decode()] = value.decode("utf-8", "surrogateescape")
        record = record[int(length) :]
    return found
