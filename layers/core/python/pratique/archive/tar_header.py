"""One 512-byte tar header: ustar, GNU and the old V7 form.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar, pax),
https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU)
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from pratique.errors import ArchiveError

BLOCK = 512
_SPACES = 8 * 32
_LOW = 0xFFFF
_BASE_256 = 0x80
_NEGATIVE = 0xFF
_GNU_MAGIC = b"ustar  \0"
_USTAR_MAGIC = b"ustar"
_LARGEST = 1 << 62


@dataclass(slots=True)
class Header:
    """The fields of a header that extraction depends on; ``size`` is bytes of data that follow."""

    name: bytes
    mode: int
    size: int
    kind: bytes
    link: bytes
    gnu: bool


def parse_header(block: bytes) -> Header:
    """Return the header in ``block`` (512 bytes, not all NUL).

    Raises ArchiveError where the checksum is wrong or a number is malformed.
    """
    if not _checksum_holds(block):
        raise ArchiveError("a tar header has a wrong checksum")
    magic = block[257:265]
    name = block[:100].partition(b"\0")[0]
    gnu = magic == _GNU_MAGIC
    if not gnu and magic.startswith(_USTAR_MAGIC):
        prefix = block[345:500].partition(b"\0")[0]
        if prefix:
            name = prefix + b"/" + name
    return Header(
        name=name,
        mode=number(block[100:108]) if block[100] != _BASE_256 else 0,
        size=number(block[124:136]),
        kind=block[156:157],
        link=block[157:257].partition(b"\0")[0],
        gnu=gnu,
    )


def number(field: bytes) -> int:
    """Return an octal or base-256 number; raises ArchiveError where it is negative, huge or malformed."""
    first = field[0]
    if first & _BASE_256:
        if first == _NEGATIVE:
            raise ArchiveError("a tar header has a negative number")
        value = int.from_bytes(bytes([first & 0x7F]) + field[1:], "big")
    else:
        digits = field.partition(b"\0")[0].strip()
        try:
            value = int(digits, 8) if digits else 0
        except ValueError as error:
            raise ArchiveError(f"a tar header has the malformed number {digits[:20]!r}") from error
    if not 0 <= value <= _LARGEST:
        raise ArchiveError("a tar header has a number out of range")
    return value


def _checksum_holds(block: bytes) -> bool:
    stated = number(block[148:156])
    # Adler-32's lower half is one more than the sum of the bytes, exact for up to 256 of them: ten times faster
    # than adding them up here.
    total = (zlib.adler32(block[:256]) & _LOW) + (zlib.adler32(block[256:]) & _LOW) - 2
    own = (zlib.adler32(block[148:156]) & _LOW) - 1
    if total - own + _SPACES == stated:
        return True
    # Some old writers added the bytes as signed numbers.
    signed = sum(byte - 256 if byte > 127 else byte for byte in block[:148] + block[156:])  # noqa: PLR2004 - int8
    return signed + _SPACES == stated
