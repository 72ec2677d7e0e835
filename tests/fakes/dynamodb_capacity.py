"""What writes and reads cost, by the service's published rules.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html: one unit for each kilobyte,
begun, of the larger of the old and the new item; twice that in a transaction; in an index one write for each entry that
appears or goes.  DynamoDB Local reports other numbers for transactions and indexes, so they are reckoned here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

_KILOBYTE = 1024
_INDEX_KEYS = ("PK", "SK", "GSI1PK", "GSI1SK")


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return an item's size as the service counts it."""
    return sum(len(name) + _value_bytes(value) for name, value in item.items())


def write_units(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, transaction: bool) -> int:
    """Return the write units of one write to a table with an index that holds keys only."""
    size = max(item_bytes(before or {}), item_bytes(after or {}), 1)
    table = math.ceil(size / _KILOBYTE) * (2 if transaction else 1)
    entries = (_entry(before), _entry(after))
    index = (
        sum(math.ceil(item_bytes(entry) / _KILOBYTE) for entry in entries if entry) if entries[0] != entries[1] else 0
    )
    return table + index


def read_units(requests: Sequence[Sequence[Mapping[str, Any]]], *, consistent: bool) -> float:
    """Return the read units of requests that read these items each: one a 4 kB, begun; half where not consistent."""
    begun = sum(max(1, math.ceil(sum(map(item_bytes, items)) / (4 * _KILOBYTE))) for items in requests)
    return begun if consistent else begun / 2


def _entry(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if item is None or "GSI1PK" not in item:
        return None
    return {name: item[name] for name in _INDEX_KEYS}


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, inner),) = value.items()
    match kind:
        case "N":
            return len(inner) // 2 + 1
        case "L":
            return 3 + sum(1 + _value_bytes(entry) for entry in inner)
        case "BOOL":
            return 1
        case _:
            return len(inner.encode() if isinstance(inner, str) else inner)
