"""Asks the real handler one thing of every route, for docs/api.md: an estate in memory, nothing of AWS."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the estate is the tests'

from tests.finding_builder import sample
from tests.functions.api_client import Answer, api_event, invoke
from tests.functions.wired_api import IMAGE, SCAN, wired

_TEXT = 100
_HTTP_OK, _HTTP_REFUSED = 200, 400
_ALLOW = {"sha256": sample("miner").sha256, "reason": "A test file of the scanner itself"}
_SUPPRESS = {"vulnerability": "CVE-2024-0727", "repository": "team/*", "reason": "PKCS#12 files are never read"}
_VEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://shop.example/vex/2026-1",
    "author": "Shop team",
    "timestamp": "2026-03-01T12:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2019-11324"},
            "products": [{"@id": "pkg:pypi/urllib3@1.24"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
    ],
}
_RULES = {"sources": {"miner.yar": 'rule miner { strings: $a = "stratum+tcp" condition: $a }'}}


@dataclass(frozen=True)
class Call:
    """What is asked; ``id`` fills the path, ``first`` is the call whose answer's ``id`` does so instead."""

    id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, Any] | None = None


_CALLS: Mapping[str, Call] = {
    "POST /v1/allow-list": Call(body=_ALLOW),
    "GET /v1/allow-list/{id}": Call(first=("/v1/allow-list", _ALLOW)),
    "DELETE /v1/allow-list/{id}": Call(first=("/v1/allow-list", _ALLOW)),
    "GET /v1/exports/image-findings": Call(query={"id": str(IMAGE)}),
    "GET /v1/exports/sample-images": Call(query={"id": sample("miner").sha256, "format": "jsonl"}),
    "GET /v1/exports/vulnerability-images": Call(query={"id": "CVE-2024-0727"}),
    "GET /v1/exports/vulnerabilities": Call(query={"priority": "high"}),
    "PUT /v1/hash-lists/{name}": Call("shells", body={"text": sample("shell").sha256}),
    "POST /v1/hunts": Call(body={"scope": "ALL"}),
    "GET /v1/images": Call(query={"repository_name": "shpo", "limit": "2"}),
    "GET /v1/images/{id}/compare": Call(query={"with": "1.4"}),
    "GET /v1/images/{id}/policy": Call(query={"priority": "high", "known_exploited": "true", "samples": "warning"}),
    "GET /v1/images/{id}/explain": Call(query={"about": "urllib3"}),
    "GET /v1/images/{id}/past-findings": Call(query={"as_of": "2026-03-01T12:00:00Z"}),
    "PUT /v1/rules/{name}": Call("miners", body=_RULES),
    "DELETE /v1/rules/{name}": Call("miners", first=("PUT /v1/rules/miners", _RULES)),
    "GET /v1/samples": Call(query={"level": "urgent"}),
    "PATCH /v1/samples/{sha256}": Call(body={"status": "handled", "note": "the image was rebuilt"}),
    "POST /v1/scans": Call(body={"scope": f"R#{IMAGE.instance}/{IMAGE.repository}"}),
    "GET /v1/scans/{id}": Call(SCAN),
    "DELETE /v1/scans/{id}": Call(first=("/v1/scans", {"scope": "ALL"})),
    "GET /v1/scans/{id}/images": Call(SCAN),
    "PUT /v1/settings": Call(body={"cycle": "3d", "window": "00-06"}, headers={"if-match": '"0"'}),
    "POST /v1/vex": Call(body=_VEX, query={"repository": "team/*"}),
    "POST /v1/suppressions": Call(body=_SUPPRESS),
    "GET /v1/suppressions/{id}": Call(first=("/v1/suppressions", _SUPPRESS)),
    "PUT /v1/suppressions/{id}": Call(body=_SUPPRESS, first=("/v1/suppressions", _SUPPRESS)),
    "DELETE /v1/suppressions/{id}": Call(first=("/v1/suppressions", _SUPPRESS)),
    "GET /v1/vulnerabilities": Call(query={"category": "application", "known_exploited": "true"}),
    "GET /v1/vulnerabilities/{id}": Call("CVE-2019-11324"),
    "GET /v1/vulnerabilities/{id}/images": Call("CVE-2024-0727", query={"repository": IMAGE.repository}),
}


def example(method: str, path: str) -> list[str]:
    """Return the lines of a worked example; raises ValueError where the handler refuses it or there is none."""
    name = f"{method} {path}"
    if method != "GET" and name not in _CALLS:
        raise ValueError(f"{name} has no example: write one in docs/api_examples.py")
    call = _CALLS.get(name, Call())
    with wired():
        identifier = call.id
        if call.first:
            target, body = call.first
            verb, _, place = target.rpartition(" ")
            made = _ask(verb or "POST", place, Call(body=body))
            identifier = identifier or made.body["id"]
        filled = path.replace("{id}", quote(identifier or str(IMAGE), safe="")).replace("{name}", call.id)
        filled = filled.replace("{sha256}", sample("miner").sha256)
        answer = _ask(method, filled, call)
    asked = filled + (f"?{urlencode(call.query)}" if call.query else "")
    sent = [f"{key.title()}: {value}" for key, value in call.headers.items()]
    body = ["", json.dumps(call.body, indent=2, ensure_ascii=False)] if call.body is not None else []
    told = ["", json.dumps(_cut(answer.body), indent=2, ensure_ascii=False)] if answer.text else []
    return ["```http", f"{method} {asked}", *sent, *body, "", f"HTTP/1.1 {answer.status}", *told, "```", ""]


def _ask(method: str, path: str, call: Call) -> Answer:
    answer = invoke(api_event(method, path, query=dict(call.query), body=call.body, headers=dict(call.headers)))
    if not _HTTP_OK <= answer.status < _HTTP_REFUSED:
        raise ValueError(f"the example of {method} {path} is answered {answer.status}: {answer.text}")
    return answer


def _cut(value: Any) -> Any:
    """Return an answer short enough to read: the first entry of each list, the beginning of each text."""
    match value:
        case dict():
            return {key: _cut(inner) for key, inner in value.items()}
        case list():
            return [_cut(inner) for inner in value[:1]] + (["…"] if len(value) > 1 else [])
        case str() if len(value) > _TEXT:
            return f"{value[:_TEXT]}…"
        case _:
            return value
