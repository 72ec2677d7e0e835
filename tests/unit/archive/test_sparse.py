from __future__ import annotations

import io
import tarfile

import pytest

from pratique.archive.sparse import Sparse
from pratique.archive.tar import EntryKind
from pratique.archive.tar_header import TarError
from tests.layer_reading import walk

_CONTENT = b"AAAA" + bytes(96) + b"BBBB" + bytes(96)
_PARTS = "0,4,100,4"


def _pax(records: dict[str, str], data: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("GNUSparseFile.0/f")
        member.size, member.pax_headers = len(data), records
        tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def _old_gnu(parts: list[tuple[int, int]], size: int, data: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
        member = tarfile.TarInfo("f")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    header = bytearray(stream.getvalue()[:512])
    header[156:157] = b"S"
    entries = b"".join(b"%011o\0%011o\0" % part for part in parts)
    header[386 : 386 + min(len(entries), 96)] = entries[:96]
    header[482] = len(entries) > 96
    header[483:495] = b"%011o\0" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    more = entries[96:].ljust(512, b"\0") if len(entries) > 96 else b""
    return bytes(header) + more + data.ljust(-(-len(data) // 512) * 512, b"\0") + bytes(1024)


def test_pax_0_1_is_expanded() -> None:
    records = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "f", "GNU.sparse.size": "200"}
    tar = _pax({**records, "GNU.sparse.map": _PARTS}, b"AAAABBBB")
    assert list(walk(tar)) == [(b"f", EntryKind.FILE, _CONTENT)]


def test_pax_1_0_is_expanded() -> None:
    records = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "f", "GNU.sparse.realsize": "200"}
    tar = _pax(records, b"2\n0\n4\n100\n4\n".ljust(512, b"\0") + b"AAAABBBB")
    assert list(walk(tar)) == [(b"f", EntryKind.FILE, _CONTENT)]


def test_old_gnu_is_expanded_with_extension_blocks() -> None:
    assert list(walk(_old_gnu([(0, 4), (100, 4)], 200, b"AAAABBBB"))) == [(b"f", EntryKind.FILE, _CONTENT)]
    parts = [(number * 10, 1) for number in range(10)]
    expected = b"".join(b"%d" % number + bytes(9) for number in range(10))
    assert list(walk(_old_gnu(parts, 100, b"0123456789"))) == [(b"f", EntryKind.FILE, expected)]


def test_a_file_of_only_a_hole_is_zeros() -> None:
    assert list(walk(_old_gnu([], 1000, b""))) == [(b"f", EntryKind.FILE, bytes(1000))]


@pytest.mark.parametrize(
    ("parts", "size", "stored"),
    [(((0, 4), (2, 4)), 10, 8), (((8, 4),), 10, 4), (((0, 4),), 10, 5), (((0, 4),), 10, 3)],
)
def test_a_map_that_does_not_fit_is_refused(parts: tuple[tuple[int, int], ...], size: int, stored: int) -> None:
    with pytest.raises(TarError):
        Sparse(parts, size).check(stored)


@pytest.mark.parametrize("lines", [b"x\n", b"2\n0\n4\n", b"9999999\n", b"1" * 600, b"1\n0\n" + b"9" * 30 + b"\n"])
def test_a_leading_map_that_is_malformed_is_refused(lines: bytes) -> None:
    records = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "200"}
    with pytest.raises(TarError):
        list(walk(_pax(records, lines.ljust(1024, b"\0"))))
