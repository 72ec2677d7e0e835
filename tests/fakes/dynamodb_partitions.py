"""Which items a partition of a table or of its index holds, in the order of the sort key, so that a page is one place.

A query that went through a whole partition for each page would take a square of its items to read it all.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.dynamodb_expressions import Attributes

KEYS = ("PK", "SK")
INDEX_KEYS = ("GSI1PK", "GSI1SK")
Place = tuple[bytes, tuple[str, str]]
"""The sort key as the service orders it, and the item's primary key."""

_BEHIND_ALL = b"\xff"  # no UTF-8 text begins so


def key_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return the primary key of an item or of a key of the service's API."""
    return item["PK"]["S"], item["SK"]["S"]


def place_of(item: Mapping[str, Any], sort: str) -> Place:
    """Return where an item stands in a partition that is ordered by the attribute ``sort``."""
    return item[sort]["S"].encode(), key_of(item)


@dataclass
class Partitions:
    """The partitions of one table and its index, by the name and the value of their partition key."""

    _places: dict[tuple[str, str], list[Place]] = field(default_factory=dict)

    def move(self, before: Attributes | None, after: Attributes | None) -> None:
        """Follow an item that was ``before`` and is ``after`` (None: there is none)."""
        for partition, sort in (KEYS, INDEX_KEYS):
            old = self._entry(before, partition, sort)
            new = self._entry(after, partition, sort)
            if old == new:
                continue
            if old:
                places = self._places[partition, old[0]]
                del places[bisect_left(places, old[1])]
            if new:
                insort(self._places.setdefault((partition, new[0]), []), new[1])

    def asked(self, request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the primary keys of what a query may mean, in its order, from its start key on."""
        partition, sort = INDEX_KEYS if "IndexName" in request else KEYS
        condition, values = request["KeyConditionExpression"], request["ExpressionAttributeValues"]
        match = re.search(rf"#{partition} = (:\w+)", condition)
        assert match, f"{condition} names no partition"
        places = self._places.get((partition, values[match[1]]["S"]), [])
        first, end = _span(places, sort, condition, values)
        forward = request["ScanIndexForward"]
        start = request.get("ExclusiveStartKey")
        if start:
            assert sort in start
            at = place_of(start, sort)
            first, end = (max(first, bisect_right(places, at)), end) if forward else (first, bisect_left(places, at))
        yield from (places[number][1] for number in (range(first, end) if forward else reversed(range(first, end))))

    def _entry(self, item: Attributes | None, partition: str, sort: str) -> tuple[str, Place] | None:
        return (item[partition]["S"], place_of(item, sort)) if item and partition in item else None


def _span(places: list[Place], sort: str, condition: str, values: Mapping[str, Any]) -> tuple[int, int]:
    """Return first and end of the places that a condition on the sort key bounds; all where it does not say."""
    if between := re.search(rf"#{sort} BETWEEN (:\w+) AND (:\w+)", condition):
        low, high = (values[name]["S"].encode() for name in between.groups())
        return bisect_left(places, (low,)), bisect_left(places, (high + b"\x00",))
    if begins := re.search(rf"begins_with\(#{sort}, (:\w+)\)", condition):
        prefix = values[begins[1]]["S"].encode()
        return bisect_left(places, (prefix,)), bisect_left(places, (prefix + _BEHIND_ALL,))
    return 0, len(places)
