from __future__ import annotations

import pytest

from pratique.archive.pax import parse_pax
from pratique.archive.tar_header import TarError


def _record(key: str, value: str) -> bytes:
    body = f" {key}={value}\n".encode()
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length += 1
    return str(length).encode() + body


def test_records_are_read_and_the_later_one_wins() -> None:
    body = _record("path", "a") + _record("size", "12") + _record("path", "b=c\nd")
    assert parse_pax(body) == {"path": b"b=c\nd", "size": b"12"}


def test_repeated_sparse_keys_become_a_map() -> None:
    body = b"".join(
        _record(f"GNU.sparse.{key}", value)
        for key, value in [("offset", "0"), ("numbytes", "4"), ("offset", "9"), ("numbytes", "1")]
    )
    assert parse_pax(body) == {"GNU.sparse.map": b"0,4,9,1"}


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"99 path=a\n",
        b"4 a=\n",
        b"8 path=a",
        b"-9 path=a\n",
        b"9 path-a\n",
        b"6 =ab\n",
        _record("path", "a\0b"),
        _record("GNU.sparse.numbytes", "4"),
        b"9" * 30 + b" path=a\n",
    ],
)
def test_malformed_records_are_refused(body: bytes) -> None:
    with pytest.raises(TarError):
        parse_pax(body)
