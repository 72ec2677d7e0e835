"""Sparse files in tar: GNU's old form and the three pax forms.

https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from pratique.archive.tar_header import BLOCK, TarError, TarOverLimit, number

_MOST_PARTS = 100_000
_LONGEST_NUMBER = 19
_LARGEST = (1 << 63) - 1


class Sparse(Struct, frozen=True):
    """The parts of a sparse file that hold data, as (offset, length) in bytes, and the file's whole size."""

    parts: tuple[tuple[int, int], ...]
    size: int

    def check(self, stored: int) -> None:
        """Raise TarError unless the parts follow each other inside the file and add up to ``stored`` bytes."""
        end = 0
        for offset, length in self.parts:
            if offset < end or length < 0:
                raise TarError("a sparse file's map is malformed")
            end = offset + length
        if end > self.size or sum(length for _, length in self.parts) != stored:
            raise TarError("a sparse file's map does not fit its data")

    def expand(self, stored: bytes) -> bytes:
        """Return the file's content, ``size`` bytes."""
        body = bytearray(self.size)
        position = 0
        for offset, length in self.parts:
            body[offset : offset + length] = stored[position : position + length]
            position += length
        return bytes(body)


def old_gnu(block: bytes, next_block: Callable[[], bytes]) -> Sparse:
    """Return the map of an ``S`` entry, whose header is ``block`` and whose extension blocks follow it."""
    parts = _parts(block[386:482])
    size = number(block[483:495])
    extended = block[482]
    while extended:
        block = next_block()
        parts += _parts(block[:504])
        extended = block[504]
        _limit(len(parts))
    return Sparse(tuple(parts), size)


def has_leading_map(records: Mapping[str, bytes]) -> bool:
    """Whether the data of an entry with these pax records begin with a map (version 1.0)."""
    return records.get("GNU.sparse.major") == b"1" and records.get("GNU.sparse.minor") == b"0"


def from_pax(records: Mapping[str, bytes]) -> Sparse | None:
    """Return the map of a version 0.0 or 0.1 entry, None for an entry that is not sparse."""
    version = records.get("GNU.sparse.major", b"0"), records.get("GNU.sparse.minor", b"1")
    stated = records.get("GNU.sparse.map")
    if stated is None or version not in {(b"0", b"0"), (b"0", b"1")}:
        return None
    numbers = _decimals(stated.split(b",")) if stated else []
    return Sparse(_pairs(numbers), real_size(records))


def leading_map(next_block: Callable[[], bytes], size: int) -> Sparse:
    """Return the map that a version 1.0 entry's data begin with, taking whole blocks of it."""
    lines: list[bytes] = []
    wanted = 1
    rest = b""
    while len(lines) < wanted:
        *more, rest = (rest + next_block()).split(b"\n")
        lines += more
        if len(rest) > BLOCK + _LONGEST_NUMBER:
            raise TarError("a sparse file's map is malformed")
        if wanted == 1 and lines:
            wanted += 2 * _decimals(lines[:1])[0]
            _limit(wanted // 2)
    return Sparse(_pairs(_decimals(lines[1:wanted])), size)


def real_size(records: Mapping[str, bytes]) -> int:
    """Return the size in bytes of a sparse file with these pax records; raises TarError where they lack it."""
    return _decimals([records.get("GNU.sparse.realsize") or records.get("GNU.sparse.size") or b""])[0]


def _parts(field: bytes) -> list[tuple[int, int]]:
    found = []
    for start in range(0, len(field), 24):
        if not field[start]:
            break
        found.append((number(field[start : start + 12]), number(field[start + 12 : start + 24])))
    return found


def _pairs(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    if len(numbers) % 2:
        raise TarError("a sparse file's map is malformed")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _limit(parts: int) -> None:
    if parts > _MOST_PARTS:
        raise TarOverLimit(f"a sparse file has more than {_MOST_PARTS} parts")


def _decimals(texts: list[bytes]) -> list[int]:
    _limit(len(texts) // 2)
    if not all(text.isdigit() and len(text) <= _LONGEST_NUMBER for text in texts):
        raise TarError("a sparse file's map is malformed")
    numbers = [int(text) for text in texts]
    if any(value > _LARGEST for value in numbers):
        raise TarError("a sparse file's map is malformed")
    return numbers
