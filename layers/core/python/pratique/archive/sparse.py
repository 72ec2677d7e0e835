"""Sparse files in tar: GNU's old form and the three pax forms.

https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pratique.archive.tar_header import BLOCK, number
from pratique.errors import ArchiveError

_MOST_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class Sparse:
    """The parts of a sparse file that hold data, as (offset, length) in bytes, and the file's whole size."""

    parts: tuple[tuple[int, int], ...]
    size: int

    def expand(self, stored: bytes) -> bytes:
        """Return the file's content; raises ArchiveError where ``stored`` is not what the parts say."""
        body = bytearray(self.size)
        position = 0
        for offset, length in self.parts:
            if offset + length > self.size or position + length > len(stored):
                raise ArchiveError("a sparse file's map does not fit its data")
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
        if len(parts) > _MOST_PARTS:
            raise ArchiveError(f"a sparse file has more than {_MOST_PARTS} parts")
    return Sparse(tuple(parts), size)


def from_pax(records: dict[str, bytes]) -> Sparse | None:
    """Return the map of a version 0.0 or 0.1 entry, None for an entry that is not sparse."""
    stated = records.get("GNU.sparse.map")
    if stated is None:
        return None
    numbers = _decimals(stated.split(b",") if stated else [])
    size = _decimals([records.get("GNU.sparse.size", b"")])[0]
    return Sparse(tuple(zip(numbers[::2], numbers[1::2], strict=True)), size)


def leading_map(stored: bytes, size: int) -> tuple[Sparse, int]:
    """Return the map that a version 1.0 entry's data begins with, and how many bytes it takes there."""
    lines: list[bytes] = []
    position = 0
    wanted = 1
    while len(lines) < wanted:
        end = stored.find(b"\n", position, position + 32)
        if end < 0:
            raise ArchiveError("a sparse file's map is cut short")
        lines.append(stored[position:end])
        position = end + 1
        if len(lines) == 1:
            wanted = 1 + 2 * _decimals(lines)[0]
            if wanted > 2 * _MOST_PARTS:
                raise ArchiveError(f"a sparse file has more than {_MOST_PARTS} parts")
    numbers = _decimals(lines[1:])
    return Sparse(tuple(zip(numbers[::2], numbers[1::2], strict=True)), size), -(-position // BLOCK) * BLOCK


def _parts(field: bytes) -> list[tuple[int, int]]:
    found = []
    for start in range(0, len(field), 24):
        offset, length = number(field[start : start + 12]), number(field[start + 12 : start + 24])
        if not offset and not length:
            break
        found.append((offset, length))
    return found


def _decimals(texts: list[bytes]) -> list[int]:
    if len(texts) > 2 * _MOST_PARTS or not all(text.isdigit() and len(text) < 20 for text in texts):  # noqa: PLR2004
        raise ArchiveError("a sparse file's map is malformed")
    numbers = [int(text) for text in texts]
    if len(texts) > 1 and len(texts) % 2:
        raise ArchiveError("a sparse file's map is malformed")
    return numbers
