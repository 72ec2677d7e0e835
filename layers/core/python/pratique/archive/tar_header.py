"""One 512-byte tar header: ustar, GNU and the old V7 form, read as container runtimes (Go's archive/tar) read it.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar, pax),
https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU)
"""

from __future__ import annotations

from functools import lru_cache

from isal.isal_zlib import adler32

from pratique.errors import ArchiveError, ArchiveOverLimit

BLOCK = 512
_SPACES = 8 * 32
_LOW = 0xFFFF
_BASE_256 = 0x80
_NEGATIVE = 0x40
_SIGN = 0x80
_LARGEST = (1 << 63) - 1
_GNU_MAGIC = b"ustar  \0"
_USTAR_MAGIC = b"ustar\0"
_STAR_TRAILER = b"tar\0"


class TarError(ArchiveError):
    """The rest of a tar cannot be read: it is malformed from here on."""


class TarOverLimit(TarError, ArchiveOverLimit):
    """The rest of a tar is not read: it goes over a limit."""


def check(block: bytes) -> None:
    """Raise TarError unless the checksum of ``block`` (512 bytes) holds."""
    # Adler-32's lower half is one more than the sum of the bytes while that is below 65,521, as it is for ASCII:
    # ten times faster than adding them up here.
    if block.isascii():
        stated = block[148:156]
        if stated == b"%06o\0 " % ((adler32(block) & _LOW) - (adler32(stated) & _LOW) + _SPACES):
            return
    expected = number(block[148:156])
    others = block[:148] + block[156:]
    if sum(others) + _SPACES == expected:
        return
    # Some old writers added the bytes as signed numbers.
    if sum(byte - 256 if byte & _SIGN else byte for byte in others) + _SPACES != expected:
        raise TarError("a tar header has a wrong checksum")


def number(field: bytes) -> int:
    """Return an octal or base-256 number; raises TarError where it is negative, huge or malformed."""
    first = field[0]
    if first & _BASE_256:
        if first & _NEGATIVE:
            raise TarError("a tar header has a negative number")
        value = int.from_bytes(bytes([first & 0x7F]) + field[1:], "big")
        if value > _LARGEST:
            raise TarError("a tar header has a number out of range")
        return value
    digits = field.strip(b" \0").partition(b"\0")[0]
    if not digits:
        return 0
    if not digits.isdigit() or digits.strip(b"01234567"):
        raise TarError(f"a tar header has the malformed number {digits[:20]!r}")
    return int(digits, 8)


def size_of(block: bytes) -> int:
    """Return the stated size in bytes; raises TarError as `number` does."""
    digits = block[124:135]
    if digits.isdigit() and not block[135]:
        try:
            return int(digits, 8)
        except ValueError:
            pass  # an 8 or a 9: let `number` say so
    return number(block[124:136])


def mode_of(block: bytes) -> int:
    """Return the permission bits, 0 where they are malformed."""
    return _number_or_0(block[100:108])


def owner_of(block: bytes) -> tuple[int, int]:
    """Return the numbers of user and group, each 0 where it is malformed."""
    return _number_or_0(block[108:116]), _number_or_0(block[116:124])


@lru_cache(1 << 10)
def _number_or_0(field: bytes) -> int:
    try:
        return number(field)
    except TarError:
        return 0


def name_of(block: bytes) -> bytes:
    """Return the path as written, ustar's prefix included."""
    name = block[:100].partition(b"\0")[0]
    # In GNU's form times stand where ustar has the prefix.
    return _prefixed(block, name) if block[345] else name


def link_of(block: bytes) -> bytes:
    """Return the target of a link."""
    return block[157:257].partition(b"\0")[0]


def is_gnu(block: bytes) -> bool:
    """Whether the header has GNU's form."""
    return block[257:265] == _GNU_MAGIC


def _prefixed(block: bytes, name: bytes) -> bytes:
    prefix = b""
    if is_gnu(block):
        # Before Go 1.8 its writer put a prefix into headers of GNU's form; it shows by not being times.
        if not (_is_time(block[345:357]) and _is_time(block[357:369])):
            prefix = block[345:500].partition(b"\0")[0]
            prefix = prefix if prefix.isascii() else b""
    elif block[257:263] == _USTAR_MAGIC:
        end = 476 if block[508:512] == _STAR_TRAILER else 500
        prefix = block[345:end].partition(b"\0")[0]
    return prefix + b"/" + name if prefix else name


def _is_time(field: bytes) -> bool:
    if not field[0] or field[0] & _BASE_256:
        return True
    try:
        number(field)
    except TarError:
        return False
    return True
