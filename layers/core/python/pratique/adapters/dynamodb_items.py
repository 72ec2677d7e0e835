"""Items as plain values, and expressions in which every attribute name is aliased.

DynamoDB reserves hundreds of words (``status``, ``name``, ``state`` …), so no expression names an attribute
directly: ``#status`` in an expression stands for the attribute ``status``, ``:now`` for the value ``now``.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import zstandard
from msgspec import Struct, field

from pratique.errors import StoreError

Value = str | int | bytes | bool | tuple[str, ...]
Item = dict[str, Value]
Key = tuple[str, str]
T = TypeVar("T")

# Shorter bodies do not get smaller by compressing them.
_PLAIN_BYTES = 400
_MAX_BODY_BYTES = 64 * 1024 * 1024
_ALIAS = re.compile(r"#(\w+)")


def attribute(value: Value) -> dict[str, Any]:
    """Return a value as the service's API writes it."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case tuple():
            return {"L": [{"S": text} for text in value]}


def to_item(item: Mapping[str, Value]) -> dict[str, Any]:
    """Return an item as the service's API writes it."""
    return {name: attribute(value) for name, value in item.items()}


def _value(attribute_value: Mapping[str, Any]) -> Value:
    match attribute_value:
        case {"S": str(text)}:
            return text
        case {"N": str(number)}:
            return int(number)
        case {"B": body}:
            return bytes(body)
        case {"BOOL": bool(flag)}:
            return flag
        case {"L": list(values)}:
            return tuple(value["S"] for value in values)
        case _:
            raise StoreError(f"an item holds a value of a kind that is never written: {list(attribute_value)}")


def from_item(item: Mapping[str, Any]) -> Item:
    """Return an item of the service's API as plain values; raises StoreError for kinds that are never written."""
    return {name: _value(value) for name, value in item.items()}


def key(partition: str, sort: str) -> dict[str, Any]:
    """Return a primary key as the service's API writes it."""
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def pack(value: object) -> bytes:
    """Return any frozen value as JSON, compressed where that makes it smaller."""
    body = msgspec.json.encode(value)
    return body if len(body) <= _PLAIN_BYTES else zstandard.compress(body, 9)


def unpack(body: Value | None, kind: type[T]) -> T:
    """Return the value that `pack` wrote; raises StoreError for anything else."""
    if not isinstance(body, bytes):
        raise StoreError("an item has no body")
    try:
        if body.startswith(b"\x28\xb5\x2f\xfd"):
            body = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_BODY_BYTES)
        return msgspec.json.decode(body, type=kind)
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise StoreError(f"an item's body cannot be read: {error}") from error


class Expression(Struct, frozen=True):
    """One expression with the values of its ``:names``."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)


def arguments(**expressions: Expression | None) -> dict[str, Any]:
    """Return the keyword arguments for named expressions, aliases and values filled in; None ones are left out."""
    present = {name: expression for name, expression in expressions.items() if expression is not None}
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    for expression in present.values():
        names |= {f"#{name}": name for name in _ALIAS.findall(expression.text)}
        values |= {f":{name}": attribute(value) for name, value in expression.values.items()}
    result: dict[str, Any] = {name: expression.text for name, expression in present.items()}
    if names:
        result["ExpressionAttributeNames"] = names
    if values:
        result["ExpressionAttributeValues"] = values
    return result
