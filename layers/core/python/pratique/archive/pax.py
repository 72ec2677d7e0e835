"""Pax extended headers: records of the form ``<length> <key>=<value>`` and a newline.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
"""

from __future__ import annotations

from pratique.archive.tar_header import TarError

_LONGEST_LENGTH = 20
_SHORTEST_RECORD = 5
_NAMES = frozenset({"path", "linkpath", "uname", "gname"})
_SPARSE = ("GNU.sparse.offset", "GNU.sparse.numbytes")


def parse_pax(body: bytes) -> dict[str, bytes]:
    """Return the records by key, a later one over an earlier one, and ``GNU.sparse.map`` made of repeated keys.

    A value may be empty, which takes back what the header itself says of nothing.  Raises TarError where a record is
    malformed, as container runtimes do.
    """
    records: dict[str, bytes] = {}
    sparse: list[bytes] = []
    position = 0
    while position < len(body):
        key, value, position = _record(body, position)
        if key in _SPARSE:  # version 0.0 repeats these two keys for each part
            if key != _SPARSE[len(sparse) % 2] or b"," in value:
                raise TarError("a sparse file's map is malformed")
            sparse.append(value)
        else:
            records[key] = value
    if sparse:
        records["GNU.sparse.map"] = b",".join(sparse)
    return records


def _record(body: bytes, start: int) -> tuple[str, bytes, int]:
    """Return key, value and where the next record begins."""
    space = body.find(b" ", start, start + _LONGEST_LENGTH)
    digits = body[start:space] if space > start else b""
    if not digits.isdigit():
        raise TarError("a pax record has no length")
    length = int(digits)
    end = start + length
    raw, equals, value = body[space + 1 : end].partition(b"=")
    if length < _SHORTEST_RECORD or end > len(body) or not raw or not equals or not value.endswith(b"\n"):
        raise TarError("a pax record is malformed")
    key = raw.decode("utf-8", "replace")
    if b"\0" in (value if key in _NAMES else raw):
        raise TarError("a pax record holds a NUL character")
    return key, value[:-1], end
