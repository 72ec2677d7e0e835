from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Iterable

import pytest
import zstandard

from pratique.archive.inflate import Inflater
from pratique.archive.limits import Limits
from pratique.errors import ArchiveError

_BODY = random.Random(7).randbytes(3_000_000) + bytes(3_000_000)  # noqa: S311 - incompressible, nothing secret


class _Slow:
    """Gives one byte first and then little at a time, as a network does."""

    def __init__(self, body: bytes) -> None:
        self._stream = io.BytesIO(body)
        self._first = True

    def read(self, size: int, /) -> bytes:
        size = 1 if self._first else min(size, 77_777)
        self._first = False
        return self._stream.read(size)


def _expanded(blob: bytes, limits: Limits | None = None, *, to_the_last: bool = False) -> bytes:
    return b"".join(Inflater(_Slow(blob), limits or Limits(), to_the_last=to_the_last))


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


@pytest.mark.parametrize(
    "blob",
    [
        _BODY,
        gzip.compress(_BODY, 1),
        gzip.compress(_BODY[:100], 1) + gzip.compress(b"") + gzip.compress(_BODY[100:], 1),
        gzip.compress(_BODY, 1) + bytes(700_000),
        _zstd(_BODY),
        _zstd(_BODY[:100]) + _zstd(_BODY[100:]),
        b"\x50\x2a\x4d\x18\x03\0\0\0abc" + _zstd(_BODY) + b"\x5f\x2a\x4d\x18\x02\0\0\0xy",
    ],
    ids=["plain", "gzip", "gzip members", "gzip padded", "zstd", "zstd frames", "zstd skippable"],
)
@pytest.mark.parametrize("to_the_last", [False, True])
def test_inflater_gives_the_content_in_small_chunks(blob: bytes, to_the_last: bool) -> None:
    told: list[int] = []
    inflater = Inflater(_Slow(blob), Limits(), told.append, to_the_last=to_the_last)
    chunks = list(inflater)
    assert b"".join(chunks) == _BODY
    assert max(map(len, chunks)) <= 1 << 20
    assert inflater.expanded_bytes == len(_BODY)
    assert inflater.compressed_bytes == sum(told) == len(blob)


def test_an_empty_blob_is_empty() -> None:
    assert _expanded(b"") == b""


@pytest.mark.parametrize(
    "blob",
    [
        gzip.compress(_BODY, 1)[:-1],
        gzip.compress(_BODY, 1)[:50_000],
        gzip.compress(_BODY, 1) + b"garbage",
        gzip.compress(_BODY[:1000])[:-8] + b"\0" * 8,
        _zstd(_BODY[:100]) + b"garbage",
        b"\x1f\x8b",
        b"\x1f\x8b\x08\x08" + b"a" * 1_000_000,
    ],
    ids=["cut", "cut early", "garbage", "wrong sum", "zstd garbage", "magic", "long name"],
)
@pytest.mark.parametrize("to_the_last", [False, True])
def test_malformed_data_is_refused(blob: bytes, to_the_last: bool) -> None:
    with pytest.raises(ArchiveError):
        _expanded(blob, to_the_last=to_the_last)


def test_what_stands_before_damage_is_given_to_the_last_byte() -> None:
    cut = gzip.compress(_BODY, 1)[:50_000]
    got: list[bytes] = []
    with pytest.raises(ArchiveError):
        _take(Inflater(_Slow(cut), Limits(), to_the_last=True), got)
    assert 40_000 < len(b"".join(got)) < 50_000
    assert _BODY.startswith(b"".join(got))


def _take(chunks: Iterable[bytes], got: list[bytes]) -> None:
    for chunk in chunks:
        got += [chunk]


@pytest.mark.parametrize(("blob", "name"), [(bz2.compress(b"x"), "bzip2"), (lzma.compress(b"x"), "xz")])
def test_other_compressions_are_named(blob: bytes, name: str) -> None:
    with pytest.raises(ArchiveError, match=name):
        _expanded(blob)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(ratio_free_bytes=1_000_000, expansion_ratio=10), "10 times"),
        (Limits(ratio_free_bytes=1_000_000, layer_expanded_bytes=2_000_000, expansion_ratio=1 << 20), "2000000 bytes"),
        (Limits(layer_compressed_bytes=100), "100 compressed bytes"),
    ],
)
@pytest.mark.parametrize("compress", [gzip.compress, _zstd])
@pytest.mark.parametrize("to_the_last", [False, True])
def test_limits_end_the_expansion(limits: Limits, message: str, compress: object, to_the_last: bool) -> None:
    assert callable(compress)
    with pytest.raises(ArchiveError, match=message):
        _expanded(compress(bytes(8_000_000)), limits, to_the_last=to_the_last)


def test_a_zstd_frame_cut_short_ends_early() -> None:
    """The decoder does not tell; `read_layer` finds out by the diff ID."""
    assert _expanded(_zstd(_BODY)[:50_000]) == _BODY[: len(_expanded(_zstd(_BODY)[:50_000]))] != _BODY
