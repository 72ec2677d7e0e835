"""A reserved buffer is an ordinary one, whatever the system makes of the wish for large pages."""

from __future__ import annotations

import ctypes
import mmap
import re
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


@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="this system has no large pages")
def test_large_room_lies_in_memory_that_asked_for_large_pages() -> None:
    room = reserved(_LARGE)
    with room.getbuffer() as view:
        middle = ctypes.addressof(ctypes.c_char.from_buffer(view)) + _LARGE // 2
    assert "hg" in _flags_at(middle)


def _flags_at(address: int) -> list[str]:
    """Return the flags of the mapping around ``address``; one that asked has ``hg`` (proc(5))."""
    around = False
    for line in Path("/proc/self/smaps").read_text(encoding="ascii").splitlines():
        if found := re.match("([0-9a-f]+)-([0-9a-f]+) ", line):
            around = int(found[1], 16) <= address < int(found[2], 16)
        elif around and line.startswith("VmFlags:"):
            return line.split()[1:]
    return []
