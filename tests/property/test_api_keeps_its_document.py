"""Requests made from the OpenAPI document, sent over HTTP to the local bridge: every answer is one that it promises.

Values fit a parameter's schema most of the time, and are something else the rest of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from functions.serve_api.handler import lambda_handler
from pratique.api.application import application
from pratique.local.bridge import Bridge
from pratique.local.context import LocalContext
from pratique.local.functions import LocalFunctions
from pratique.local.http_server import LoopbackServer
from tests.finding_builder import image_id, sample
from tests.functions.wired_api import IMAGE, SCAN, wired

DOCUMENT = json.loads(json.dumps(application().document()))
OPERATIONS = [
    (method, path, operation) for path, item in sorted(DOCUMENT["paths"].items()) for method, operation in item.items()
]
ODD = st.text(max_size=20) | st.sampled_from(["\x00", "%", "-1", "99999999999", "null", "[]", "../..", "a,b"])
KNOWN: dict[str, tuple[str, ...]] = {
    "id": ("CVE-2024-0727", str(IMAGE), SCAN, str(image_id("unknown"))),
    "sha256": (sample("miner").sha256, "0" * 64),
    "digest": (IMAGE.digest,),
    "instance": (IMAGE.instance,),
    "repository": (IMAGE.repository,),
    "about": ("urllib3",),
    "If-Match": ('"0"', '"1"'),
}
ANSWERED: Counter[int] = Counter()


class ServeApi:
    """The one function that the bridge calls here."""

    def call(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        assert function == "serve_api"
        return lambda_handler(event, LocalContext(function))  # type: ignore[arg-type]  # a stand-in for Lambda's


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with wired():
        server = LoopbackServer(Bridge(cast("LocalFunctions", ServeApi())).answer)
        try:
            yield server.url
        finally:
            server.close()


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def fitting(schema: dict[str, Any], depth: int = 3) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each type
    """Return values that fit a schema, as far as its types say."""
    schema = resolve(schema)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([fitting(option, depth) for option in schema[several]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            required = {name: fitting(properties[name], depth - 1) for name in schema.get("required", ())}
            optional = {name: fitting(value, depth - 1) for name, value in properties.items() if name not in required}
            return st.fixed_dictionaries(required, optional=optional)
        case "array":
            most = min(3, schema.get("maxItems", 3))
            return st.lists(
                fitting(schema.get("items", {}), depth - 1), min_size=schema.get("minItems", 0), max_size=most
            )
        case "integer":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 200))
        case "number":
            return st.floats(schema.get("minimum", 0), schema.get("maximum", 1))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return st.sampled_from(["", "a", "team/shop", "CVE-2024-0727", "2026-12-01T00:00:00Z", "ALL", "overflow"])


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, Any], dict[str, str], bytes | None, dict[str, str]]:
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        name, place = parameter["name"], parameter["in"]
        if place != "path" and not parameter.get("required") and draw(st.integers(0, 3)):
            continue
        known = KNOWN.get(name)
        value = draw(st.sampled_from(known) if known and draw(st.integers(0, 5)) else fitting(parameter["schema"]))
        if not draw(st.integers(0, 9)):
            value = draw(ODD)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if place == "path":
            path = path.replace(f"{{{name}}}", quote(text, safe="") or "x")
        elif place == "query":
            query[name] = text
        else:
            headers[name] = text.encode("ascii", "replace").decode().replace("\x00", "").strip()
    body = None
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = json.dumps(draw(fitting(schema) if draw(st.integers(0, 5)) else ODD)).encode()
        if draw(st.integers(0, 9)):
            headers["Content-Type"] = "application/json"
    return method, path, operation, query, body, headers


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(request=requests())
def ask(address: str, request: Any) -> None:
    method, path, operation, query, body, headers = request
    target = f"{address}{path}" + (f"?{urlencode(query)}" if query else "")
    answer = urllib3.PoolManager(retries=False).request(method.upper(), target, body=body, headers=headers)
    ANSWERED[answer.status] += 1
    assert answer.status < 500, answer.data
    promised = operation["responses"].get(str(answer.status))
    assert promised is not None, f"{method} {path} does not promise {answer.status}: {answer.data!r}"
    contents = promised.get("content", {})
    if not contents:
        assert answer.data == b""
        return
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert kind in contents
    assert len(answer.data) < 1_000_000
    schema = {"components": DOCUMENT["components"], **contents[kind]["schema"]}
    value = json.loads(answer.data) if kind.endswith("json") else answer.data.decode()
    problems = [error.message for error in Draft202012Validator(schema).iter_errors(value)]
    assert problems == [], f"{method} {path}"


def test_every_answer_is_one_that_the_document_promises(address: str) -> None:
    ask(address)
    assert ANSWERED[200] > 50
    assert sum(number for status, number in ANSWERED.items() if status >= 400) > 20
