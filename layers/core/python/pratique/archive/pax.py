"""Pax extended headers: records of the form ``<length> <key>=<value>`` and a newline.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
"""

from __future__ import annotations

from pratique.errors import ArchiveError


def parse_pax(body: bytes) -> dict[str, bytes]:
    """Return the records by key, a later one over an earlier one; raises ArchiveError where one is malformed."""
    records: dict[str, bytes] = {}
    position = 0
    sparse: list[bytes] = []
    while position < len(body):
        space = body.find(b" ", position, position + 20)
        digits = body[position:space] if space > position else b""
        if not digits.isdigit():
            raise ArchiveError("a pax record has no length")
        end = position + int(digits)
        record = body[space + 1 : end]
        key, equals, value = record.partition(b"=")
        if end > len(body) or not equals or not value.endswith(b"\n"):
            raise ArchiveError("a pax record is malformed")
        name = key.decode("utf-8", "replace")
        if name in {"GNU.sparse.offset", "GNU.sparse.numbytes"}:
            sparse.append(value[:-1])
        records[name] = value[:-1]
        position = end
    if sparse:  # version 0.0 repeats these two keys for each part
        records["GNU.sparse.map"] = b",".join(sparse)
    return records
