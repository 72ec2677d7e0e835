"""The walker on archives that are damaged in any way: entries, then an end or its one typed error."""

from __future__ import annotations

import gzip
import io
import tarfile

import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.archive.inflate import Inflater
from pratique.archive.limits import Limits
from pratique.archive.tar import TarWalker
from pratique.archive.tar_header import TarError
from pratique.errors import ArchiveError
from tests.layer_reading import walk

_LIMITS = Limits(entries=1000, file_bytes=1 << 20)
_NAMES = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=150)


@st.composite
def _archives(draw: st.DrawFn) -> bytes:
    stream = io.BytesIO()
    form = draw(st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        for name in draw(st.lists(_NAMES, max_size=4)):
            member = tarfile.TarInfo(f"f/{name}")
            body = draw(st.binary(max_size=1200))
            member.size = len(body)
            if form == tarfile.PAX_FORMAT and draw(st.booleans()):
                member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9"}
            tar.addfile(member, io.BytesIO(body))
    return stream.getvalue()


def _survives(tar: bytes, chunk: int) -> None:
    walker = TarWalker((tar[start : start + chunk] for start in range(0, len(tar), chunk)), _LIMITS)
    try:
        for entry in walker:
            walker.head(512)
            if entry.size <= _LIMITS.file_bytes:
                assert len(walker.body()) == entry.size
    except TarError:
        pass


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 2000))
def test_walker_survives_any_bytes(tar: bytes, chunk: int) -> None:
    _survives(tar, chunk)


@settings(max_examples=200, deadline=None)
@given(_archives(), st.data())
def test_walker_survives_damaged_archives(tar: bytes, data: st.DataObject) -> None:
    body = bytearray(tar)
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(body) - 1))
        more = data.draw(st.binary(max_size=16))
        body[start : start + len(more)] = more
    if data.draw(st.booleans()):  # make the first header's checksum right again, so that what is behind it is met
        body[148:156] = b" " * 8
        body[148:156] = b"%06o\0 " % sum(body[:512])
    _survives(bytes(body[: data.draw(st.integers(0, len(body)))]), data.draw(st.integers(1, 3000)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_NAMES, st.binary(max_size=1500)), max_size=5), st.integers(1, 3000))
def test_walker_reads_what_was_written(members: list[tuple[str, bytes]], chunk: int) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, body in members:
            member = tarfile.TarInfo(f"f/{name}")
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    found = [(name.decode(), body) for name, _, body in walk(stream.getvalue(), chunk=chunk)]
    assert found == [(f"f/{name}", body) for name, body in members]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from(["gzip", "zstd", "gzip magic", "zstd magic"]), st.data())
def test_inflater_survives_any_bytes(body: bytes, kind: str, data: st.DataObject) -> None:
    blob = {
        "gzip": gzip.compress(body),
        "zstd": zstandard.ZstdCompressor().compress(body),
        "gzip magic": b"\x1f\x8b\x08\0" + body,
        "zstd magic": b"\x28\xb5\x2f\xfd" + body,
    }[kind]
    cut = blob[: data.draw(st.integers(0, len(blob)))]
    try:
        limits = Limits(layer_expanded_bytes=1 << 20, ratio_free_bytes=1 << 20)
        for _ in Inflater(io.BytesIO(cut), limits, to_the_last=data.draw(st.booleans())):
            pass
    except ArchiveError:
        pass
