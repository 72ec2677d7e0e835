"""How the DynamoDB in memory keeps items and changes: as bytes, which nobody can change from outside.

A hundred thousand items of dicts in dicts would also keep Python's garbage collector busy with what no test is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import msgspec

from tests.fakes.dynamodb_expressions import Attributes


def kept(item: Mapping[str, Any]) -> bytes:
    """Return an item of the service's API as it is kept."""
    return msgspec.msgpack.encode(item)


def handed_out(body: bytes) -> Attributes:
    """Return a kept item, which shares nothing with any other answer."""
    item: Attributes = msgspec.msgpack.decode(body)
    return item


@dataclass
class ChangeStream(Sequence[dict[str, Any]]):
    """The changes of one table in order, each as a record of its stream."""

    _changes: list[tuple[tuple[str, str], bytes | None, bytes | None]] = field(default_factory=list)

    def add(self, at: tuple[str, str], before: bytes | None, after: bytes | None) -> None:
        """Add the change of the item with the key ``at``."""
        self._changes.append((at, before, after))

    def __len__(self) -> int:
        return len(self._changes)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        numbers = range(len(self._changes))[place]
        return self._record(numbers) if isinstance(numbers, int) else [self._record(number) for number in numbers]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(self._record, range(len(self._changes)))

    def _record(self, number: int) -> dict[str, Any]:
        at, before, after = self._changes[number]
        change: dict[str, Any] = {
            "Keys": {"PK": {"S": at[0]}, "SK": {"S": at[1]}},
            "SequenceNumber": f"{number:021}",
        }
        change |= {name: handed_out(body) for name, body in (("OldImage", before), ("NewImage", after)) if body}
        name = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
        return {"eventID": str(number), "eventName": name, "dynamodb": change}
