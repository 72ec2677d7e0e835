"""Every text, list and number that the API takes has a bound: a length, a pattern, a range, or the words it may be."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import pratique.api
from pratique.api.answers import Answer
from pratique.api.application import application

DOCUMENT = application().document()
BOUNDS = {
    "string": {"maxLength", "pattern", "enum", "const", "format"},
    "array": {"maxItems"},
    "integer": {"maximum", "exclusiveMaximum"},
    "number": {"maximum", "exclusiveMaximum"},
}


def models() -> list[type[BaseModel]]:
    """The models of queries and bodies: whatever is no answer."""
    found: set[type[BaseModel]] = set()
    for module in pkgutil.iter_modules(pratique.api.__path__):
        for _, one in inspect.getmembers(importlib.import_module(f"pratique.api.{module.name}"), inspect.isclass):
            if (
                issubclass(one, BaseModel)
                and not issubclass(one, Answer)
                and one.__module__.startswith("pratique.api.")
            ):
                found.add(one)
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


def unbounded(name: str, schema: Any, named: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield what may be of any length or size."""
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    if reference:
        if reference not in seen:
            yield from unbounded(name, named[reference], named, seen | {reference})
        return
    for option in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from unbounded(name, option, named, seen)
    if schema.get("type") in BOUNDS and not schema.keys() & BOUNDS[schema["type"]]:
        yield f"{name} ({schema['type']})"
    if "items" in schema:
        yield from unbounded(f"{name}[]", schema["items"], named, seen)
    for field, inner in schema.get("properties", {}).items():
        yield from unbounded(f"{name}.{field}", inner, named, seen)
    for inner in schema.get("patternProperties", {}).values():
        yield from unbounded(f"{name}{{}}", inner, named, seen)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from unbounded(f"{name}{{}}", schema["additionalProperties"], named, seen)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_field_of_a_query_or_a_body_is_bounded(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    assert list(unbounded(model.__name__, schema, schema.get("$defs", {}))) == []


def test_every_part_of_a_path_and_every_header_is_bounded() -> None:
    found = [
        (f"{method} {path} {parameter['name']}", parameter["schema"])
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        for parameter in operation.get("parameters", ())
        if parameter["in"] != "query"
    ]
    assert len(found) > 20
    assert [one for name, schema in found for one in unbounded(name, schema, {})] == []
