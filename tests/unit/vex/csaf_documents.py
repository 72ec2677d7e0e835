"""CSAF VEX documents for tests, whole enough for CSAF's own rules."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

IMAGE = "sha256:" + "a" * 64
IMAGE_URL = f"pkg:oci/shop@{IMAGE.replace(':', '%3A')}"
_URL = "https://shop.example/vex/shop-2026-1.json"
_DATE = "2026-03-01T12:00:00.000Z"


def product(key: str, url: str = "", cpe: str = "") -> dict[str, Any]:
    """One full product name."""
    helper = {name: text for name, text in (("purl", url), ("cpe", cpe)) if text}
    return {
        "product_id": key,
        "name": f"product {key}",
        **({"product_identification_helper": helper} if helper else {}),
    }


def part(key: str, inner: str, outer: str) -> dict[str, Any]:
    """One product as a part of another one."""
    return {
        "category": "default_component_of",
        "full_product_name": product(key),
        "product_reference": inner,
        "relates_to_product_reference": outer,
    }


def csaf(
    status: Mapping[str, Sequence[str]],
    *,
    products: Sequence[Mapping[str, Any]] = (),
    parts: Sequence[Mapping[str, Any]] = (),
    version: str = "1",
    date: str = _DATE,
    head: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A document about CVE-2026-1000, in which what is not affected is not present."""
    safe = list(status.get("known_not_affected", ()))
    remedied = list(status.get("known_affected", ()))
    flaw: dict[str, Any] = {
        "cve": "CVE-2026-1000",
        "notes": [{"category": "description", "text": "A flaw."}],
        "product_status": {name: list(keys) for name, keys in status.items()},
        "references": [{"category": "self", "summary": "more", "url": _URL}],
    }
    if safe:
        flaw["flags"] = [{"label": "vulnerable_code_not_present", "product_ids": safe}]
    if remedied:
        flaw["remediations"] = [{"category": "none_available", "details": "no fix yet", "product_ids": remedied}]
    return {
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "title": "Shop and its parts",
            "publisher": {"category": "vendor", "name": "Shop team", "namespace": "https://shop.example"},
            "references": [{"category": "self", "summary": "this document", "url": _URL}],
            "notes": [{"category": "legal_disclaimer", "text": "None."}],
            "tracking": {
                "id": "SHOP-2026-1",
                "version": version,
                "status": "final",
                "initial_release_date": date,
                "current_release_date": date,
                "revision_history": [
                    {"number": str(number), "date": date, "summary": "edition"} for number in range(1, int(version) + 1)
                ],
            },
            **(head or {}),
        },
        "product_tree": {
            "branches": [
                {
                    "category": "vendor",
                    "name": "Shop",
                    "branches": [
                        {"category": "product_version", "name": str(one["name"]), "product": one} for one in products
                    ],
                }
            ],
            **({"relationships": list(parts)} if parts else {}),
        },
        "vulnerabilities": [{**flaw, **more}],
    }


def body(document: Mapping[str, Any]) -> bytes:
    """The document as it is sent."""
    return json.dumps(document).encode()
