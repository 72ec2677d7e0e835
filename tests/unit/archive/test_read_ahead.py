from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.archive import read_ahead
from pratique.archive.limits import Limits, current_limits, in_force
from pratique.archive.read_ahead import ReadAhead


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "read-ahead"]


@given(chunks=st.lists(st.binary(max_size=3), max_size=12), most=st.integers(1, 5))
def test_chunks_are_those_of_the_source(chunks: list[bytes], most: int) -> None:
    with closing(ReadAhead(chunks, most=most)) as given:
        assert list(given) == chunks
        assert list(given) == []
    assert _threads() == []


@given(before=st.integers(0, 6), most=st.integers(1, 3))
def test_what_goes_wrong_is_raised_behind_the_chunks_before_it(before: int, most: int) -> None:
    def broken() -> Iterator[bytes]:
        yield from [b"x"] * before
        raise KeyError(before)

    got: list[bytes] = []
    with closing(ReadAhead(broken(), most=most)) as chunks, pytest.raises(KeyError, match=str(before)):
        _take(chunks, got)
    assert got == [b"x"] * before
    assert _threads() == []


def _take(chunks: Iterator[bytes], got: list[bytes]) -> None:
    for chunk in chunks:
        got += [chunk]


def test_the_source_is_at_most_so_many_chunks_ahead_and_ends_with_the_generator() -> None:
    made: list[int] = []
    reached = threading.Event()

    def endless() -> Iterator[bytes]:
        while True:
            made.append(len(made))
            if len(made) == 8:
                reached.set()
            yield b"x"

    with closing(ReadAhead(endless(), most=3)) as chunks:
        for _ in range(4):
            next(chunks)
        # Four were taken, three are made ahead, and one has been made that there is no room for.
        assert reached.wait(10)
        assert len(_threads()) == 1
    assert len(made) == 4 + 3 + 1
    assert _threads() == []


def test_the_switch_interval_is_short_until_the_last_of_several_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "_INTERVAL", read_ahead._SwitchInterval())
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.004)
    try:
        first, second = ReadAhead([], most=1), ReadAhead([], most=1)
        for closed in (None, first, first):
            if closed is not None:
                closed.close()
            assert sys.getswitchinterval() < 0.001
        second.close()
        assert sys.getswitchinterval() == pytest.approx(0.004)
    finally:
        sys.setswitchinterval(before)


def test_limits_are_in_force_in_the_thread() -> None:
    seen: list[int] = []

    def source() -> Iterator[bytes]:
        for _ in range(4):
            seen.append(current_limits().document_depth)
            yield b"x"

    with in_force(Limits(document_depth=3)), closing(ReadAhead(source(), most=2)) as chunks:
        assert len(list(chunks)) == 4
    assert seen == [3, 3, 3, 3]


def test_a_thread_that_cannot_say_how_it_ended_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadAhead, "_make", lambda _self: None)
    with closing(ReadAhead([b"x"], most=1)) as chunks, pytest.raises(MemoryError):
        next(chunks)


@given(taken=st.integers(0, 9), most=st.integers(1, 4))
def test_it_can_be_closed_anywhere(taken: int, most: int) -> None:
    with closing(ReadAhead([b"x"] * 8, most=most)) as chunks:
        assert list(islice(chunks, taken)) == [b"x"] * min(taken, 8)
    assert _threads() == []
