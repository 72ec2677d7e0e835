"""Zip archives under limits, with Python's own writer as the maker of sound ones."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.archive.limits import Limits
from pratique.archive.zip import ZipArchive, ZipBudget
from pratique.errors import ArchiveError
from tests.zip_files import zip_of


def _contents(body: bytes, budget: ZipBudget | None = None) -> dict[str, bytes]:
    archive = ZipArchive(body, budget)
    return {entry.name: archive.read(entry) for entry in archive.entries()}


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.text("abcé/", min_size=1, max_size=9).filter(lambda name: not name.endswith("/")), st.binary()),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_zip_gives_back_what_was_put_in(files: dict[str, bytes], compression: int) -> None:
    assert _contents(zip_of(files, compression=compression)) == files


def test_zip_after_other_bytes_and_with_a_comment_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a", b"1")
        archive.comment = b"PK comment"
    assert _contents(b"#!/bin/sh\nexec java -jar $0\n" + stream.getvalue()) == {"a": b"1"}


def test_zip64_sizes_are_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("a", "w", force_zip64=True) as entry:
        entry.write(b"content")
    assert _contents(stream.getvalue()) == {"a": b"content"}


def test_zip_makes_no_value_of_files_that_nobody_wants_and_counts_them_all_the_same() -> None:
    budget = ZipBudget()
    archive = ZipArchive(zip_of({"a/B.class": b"1", "a/b.txt": b"2", "C.class": b"3"}), budget)
    assert [entry.name for entry in archive.entries(without=(b".class",))] == ["a/b.txt"]
    assert budget.entries == 3


def test_zip_folders_are_left_out() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.mkdir("folder")
    assert _contents(stream.getvalue()) == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"PK\x05\x06", b"no zip at all", zip_of({"a": b"1"})[:-5]],
    ids=["empty", "only a mark", "text", "cut short"],
)
def test_zip_refuses_what_is_none(body: bytes) -> None:
    with pytest.raises(ArchiveError):
        _contents(body)


def test_zip_refuses_changed_content() -> None:
    body = bytearray(zip_of({"a": b"content"}, compression=zipfile.ZIP_STORED))
    body[body.index(b"content")] ^= 1
    with pytest.raises(ArchiveError, match="damaged"):
        _contents(bytes(body))


def test_zip_refuses_an_entry_that_lies_about_its_size() -> None:
    body = bytearray(zip_of({"a": bytes(10_000)}))
    central = body.index(b"PK\x01\x02")
    struct.pack_into("<I", body, central + 24, 10)
    with pytest.raises(ArchiveError, match="damaged"):
        _contents(bytes(body))


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(archive_entries=2), "entries"),
        (Limits(archive_entry_bytes=1000), "over the limit"),
        (Limits(archive_expanded_bytes=5000), "over the limit"),
        (Limits(archive_ratio_free_bytes=100, archive_expansion_ratio=20), "more than 20 times"),
    ],
)
def test_zip_stops_at_its_limits(limits: Limits, message: str) -> None:
    body = zip_of({name: bytes(4000) for name in "abc"})
    with pytest.raises(ArchiveError, match=message):
        _contents(body, ZipBudget(limits))


def test_zip_budget_is_shared_among_archives() -> None:
    budget = ZipBudget(Limits(archive_expanded_bytes=15))
    assert _contents(zip_of({"a": b"0123456789"}), budget)
    with pytest.raises(ArchiveError):
        _contents(zip_of({"a": b"0123456789"}), budget)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_zip_survives_any_change(data: st.DataObject) -> None:
    body = bytearray(zip_of({"a": b"some content", "b/c": bytes(300)}))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        _contents(bytes(body[: data.draw(st.integers(0, len(body)))]))
    except ArchiveError as error:
        assert error.message  # noqa: PT017 - either outcome is right, any other error is not
