"""Writes docs/api.md from the OpenAPI document: ``python docs/write_api.py``.  A test fails while it is not current."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pratique.api.application import application

EXAMPLES = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("api_examples.py"))))
TARGET = Path(__file__).with_name("api.md")

_HEAD = """# HTTP API

Made from the OpenAPI document, which a deployment serves at `GET /v1/openapi.json`, by `docs/write_api.py`.

Every call needs `Authorization: Bearer <access token>`: the scope `pratique/read` for GET, `pratique/operate` for
everything else. Errors are problem details (RFC 9457), with `errors` naming the fields that are not valid.

Lists take `limit` (1 to 100, default 10) and `cursor`, and answer `items`, `next_cursor` and `total`. Go on with
`next_cursor` until it is null: a short page is not the end. A cursor is good for the filters it was made with only.

Answers to GET carry an `ETag`; send it as `If-None-Match` to get 304 and no body where nothing changed.

An image's id is `instance/repository@digest`, percent-encoded as one segment of the path.
"""


def page() -> str:
    """Return the text of docs/api.md."""
    document = application().document()
    return "\n".join([_HEAD, *_routes(document), *_types(document)]).rstrip() + "\n"


def _routes(document: dict[str, Any]) -> Iterator[str]:
    routes = [
        (path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    order = {"get": 0, "post": 1, "put": 2, "patch": 3, "delete": 4}
    for path, method, operation in sorted(routes, key=lambda route: (route[0], order[route[1]])):
        yield f"## {method.upper()} {path}\n"
        yield f"{operation['summary']}. {operation['description']}\n"
        yield from _parameters(document, operation.get("parameters", []))
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if body:
            yield "Body:\n"
            yield from _fields(document, body)
        good = {status: answer for status, answer in operation["responses"].items() if status < "300"}
        for status, answer in good.items():
            yield from _answer(document, status, answer)
        if all(len(answer["content"]) == 1 for answer in good.values()):
            yield "Example, lists and long texts cut short:\n"
            yield from EXAMPLES.example(method.upper(), path)


def _answer(document: dict[str, Any], status: str, answer: dict[str, Any]) -> Iterator[str]:
    if len(answer["content"]) > 1:
        kinds = ", ".join(sorted(answer["content"]))
        yield f"Answers {status}: a text in the format that was asked for: {kinds}.\n"
        return
    yield f"Answers {status}:\n"
    yield from _fields(document, answer["content"]["application/json"]["schema"])


def _parameters(document: dict[str, Any], parameters: list[dict[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield "| parameter | in | type | |"
    yield "|---|---|---|---|"
    for parameter in parameters:
        schema = parameter["schema"]
        text = parameter.get("description") or schema.get("description", "")
        yield f"| `{parameter['name']}` | {parameter['in']} | {_type(document, schema)} | {_cell(text)} |"
    yield ""


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    if "anyOf" in schema:
        for number, each in enumerate(schema["anyOf"]):
            yield from ["or:\n"] * bool(number)
            yield from _fields(document, each)
        return
    if not _name(schema):
        yield f"{_cell(schema['description'])}.\n"
        return
    named = document["components"]["schemas"][_name(schema)]
    yield "| field | type | |"
    yield "|---|---|---|"
    for field, value in named["properties"].items():
        yield f"| `{field}` | {_type(document, value)} | {_cell(value.get('description', ''))} |"
    yield ""


def _name(schema: dict[str, Any]) -> str:
    """Return the name of a type, nothing for an object that may hold anything."""
    reference = schema.get("$ref") or next((part["$ref"] for part in schema.get("allOf", ())), "")
    return str(reference).rpartition("/")[2]


def _types(document: dict[str, Any]) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    yield "## Types\n"
    for name in sorted(_parts(schemas, _answers(document))):
        yield f"### {name}\n"
        if "description" in schemas[name]:
            yield schemas[name]["description"] + "\n"
        yield from _fields(document, {"$ref": name})


def _answers(document: dict[str, Any]) -> list[Any]:
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    return [answer for operation in operations for code, answer in operation["responses"].items() if code < "300"]


def _parts(schemas: dict[str, Any], used: object) -> set[str]:
    """Return the object types that are reached from what is used, but for the answers themselves."""
    waiting, seen, tops = list(_references(used)), set(), set(_references(used))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(_references(schemas[name]))
    shown = {name for name in seen if "properties" in schemas[name]}
    return {name for name in shown if name not in tops or any(name in _references(schemas[other]) for other in seen)}


def _references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {str(part["$ref"]).rpartition("/")[2]} if "$ref" in part else set()
        return own.union(*(_references(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(_references(value) for value in part))
    return set()


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = _name(schema)
        named = document["components"]["schemas"][name]
        return name if "properties" in named else _type(document, named)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " or ".join(_type(document, option) for option in options)
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]) if value)
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"array of {_type(document, schema.get('items', {}))}"
    return str(schema.get("format", kind))


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    TARGET.write_text(page())
