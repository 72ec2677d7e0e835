"""The tar index against the standard library's reader, and on damaged archives."""

from __future__ import annotations

import io
import posixpath
import tarfile
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.adapters.archive_index import ArchiveIndex, is_tar, read_index
from pratique.errors import RegistryError

FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]


def _tar(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT, links: dict[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return stream.getvalue()


def _index(body: bytes) -> ArchiveIndex:
    return read_index(io.BytesIO(body), len(body))


def _content(body: bytes, path: str) -> bytes | None:
    found = _index(body).find(path)
    return None if found is None else body[found.offset : found.offset + found.size]


_NAMES = st.lists(
    st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=90), min_size=1, max_size=3
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_NAMES.map("/".join), st.binary(max_size=1500), max_size=5), st.sampled_from(FORMATS[1:]))
def test_the_index_finds_what_the_standard_library_reads(files: dict[str, bytes], form: int) -> None:
    body = _tar({name: value for name, value in files.items() if ".." not in PurePosixPath(name).parts}, form)

    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            names = [posixpath.normpath(name) for name in archive.getnames()]
            if stream is not None and names.count(posixpath.normpath(member.name)) == 1:
                assert _content(body, member.name) == stream.read()


@pytest.mark.parametrize("form", FORMATS)
def test_names_longer_than_a_header_are_read(form: int) -> None:
    name = f"{'a' * 60}/{'b' * 90}" if form == tarfile.USTAR_FORMAT else f"{'a' * 200}/{'b' * 300}"

    assert _content(_tar({name: b"x", "after": b"y"}, form), name) == b"x"
    assert _content(_tar({name: b"x", "after": b"y"}, form), "after") == b"y"


def test_links_are_followed_from_their_own_folder() -> None:
    body = _tar({"one/layer.tar": b"x"}, links={"two/layer.tar": "../one/layer.tar", "three": "two/layer.tar"})

    assert _content(body, "two/layer.tar") == b"x"
    assert _content(body, "three") == b"x"


def test_links_that_lead_nowhere_or_in_circles_find_nothing() -> None:
    body = _tar({}, links={"a": "b", "b": "a", "c": "../../etc/passwd", "d": "d"})

    assert [_content(body, name) for name in "abcd"] == [None] * 4


def test_the_last_of_two_entries_counts() -> None:
    body = _tar({"a": b"first"})[:1024] + _tar({"./a": b"second"})

    assert _content(body, "a") == b"second"


@pytest.mark.parametrize("cut", [1, 600, 1025])
def test_an_archive_that_is_cut_short_is_refused(cut: int) -> None:
    body = _tar({"a": b"x" * 600, "b": b"y" * 600})

    with pytest.raises(RegistryError, match=r"cut short|damaged"):
        _index(body[:cut])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1500), st.binary(min_size=1, max_size=20))
def test_damage_is_an_error_or_another_index(at: int, noise: bytes) -> None:
    body = bytearray(_tar({"a" * 120: b"x" * 10, "b": b"y"}))
    body[at : at + len(noise)] = noise

    try:
        index = _index(bytes(body))
    except RegistryError:
        return
    found = index.find("b")
    assert found is None or 0 <= found.offset <= found.offset + found.size <= len(body)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_is_tar_takes_any_bytes(noise: bytes) -> None:
    assert not is_tar(noise[:512]) or len(noise) >= 512


def test_sizes_of_gnus_binary_form_are_read() -> None:
    body = bytearray(_tar({"a": b"xyz"}, tarfile.GNU_FORMAT))
    body[124:136] = b"\x80" + (3).to_bytes(11, "big")
    body[148:156] = b" " * 8
    body[148:156] = b"%06o\0 " % sum(body[:512])

    assert _content(bytes(body), "a") == b"xyz"
