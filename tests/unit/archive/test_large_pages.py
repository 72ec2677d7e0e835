"""A reserved buffer is an ordinary one, whatever the system makes of the wish for large pages."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest

from pratique.archive.large_pages import reserved

_LARGE = (4 << 20) + 5


@pytest.mark.parametrize("size", [0, 1, 4096, _LARGE - 5, _LARGE])
def test_reserved_room_is_filled_cut_and_outgrown(size: int) -> None:
    room = reserved(size)
    assert room.tell() == 0
    assert room.write(b"x" * size) == size
    assert room.getvalue() == b"x" * size
    assert room.write(b"more") == len(b"more")
    assert room.truncate(size // 2) == size // 2


def test_reserved_room_is_there_without_large_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    assert reserved(_LARGE).getvalue() == bytes(_LARGE)


@pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="this system has no large pages to ask for")
def test_large_room_is_in_a_mapping_that_asks_for_large_pages() -> None:
    before = _mappings_that_ask()
    room = reserved(_LARGE)
    assert _mappings_that_ask() == before + 1
    assert room.tell() == 0


def _mappings_that_ask() -> int:
    """Count the mappings of this process that asked (flag ``hg``, see proc(5))."""
    with Path("/proc/self/smaps").open(encoding="ascii") as told:
        return sum(" hg" in line for line in told if line.startswith("VmFlags"))
