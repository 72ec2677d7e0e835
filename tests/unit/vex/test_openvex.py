"""OpenVEX documents hide what they state, and no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pratique.errors import InvalidValue
from pratique.model.suppression import Covers, Justification, VexDocument
from pratique.vex.read import read_vex
from pratique.vex.reading import VexReading

_DIGEST = "sha256:" + "a" * 64
_JINJA = {"@id": "pkg:pypi/jinja2@3.1.0"}


def _statement(status: str = "not_affected", *products: Any, **more: Any) -> dict[str, Any]:
    why = {"justification": "vulnerable_code_not_present"} if status == "not_affected" else {}
    return {"vulnerability": {"name": "CVE-1"}, "status": status, "products": list(products), **why, **more}


def _read(*statements: dict[str, Any], **more: Any) -> VexReading:
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "author": "shop team",
        "timestamp": "2025-01-01T00:00:00Z",
        "statements": list(statements),
        **more,
    }
    return read_vex(json.dumps(document).encode())


def test_not_affected_is_a_suppression_with_reason_and_owner() -> None:
    reading = _read(_statement("not_affected", _JINJA, impact_statement="never loaded"))
    (one,) = reading.statements
    assert one.covers == Covers(vulnerability="CVE-1", package="pkg:pypi/jinja2@3.1.0")
    assert (one.reason, one.place) == ("never loaded", "$.statements[0]")
    assert reading.document == VexDocument("", "shop team", "", datetime(2025, 1, 1, tzinfo=UTC))
    assert one.justification is Justification.VULNERABLE_CODE_NOT_PRESENT
    assert not reading.ignored


def test_parts_of_an_image_are_hidden_in_that_image_alone() -> None:
    image = {"@id": f"pkg:oci/shop@{_DIGEST.replace(':', '%3A')}"}
    reading = _read(_statement("fixed", {**image, "subcomponents": [_JINJA]}), _statement("fixed", image))
    assert [one.covers for one in reading.statements] == [
        Covers(vulnerability="CVE-1", package="pkg:pypi/jinja2@3.1.0", digest=_DIGEST),
        Covers(vulnerability="CVE-1", digest=_DIGEST),
    ]
    assert {one.justification for one in reading.statements} == {Justification.FIXED}


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (_statement("affected", _JINJA), "status affected"),
        (_statement("under_investigation", _JINJA), "status under_investigation"),
        (_statement("not_affected", _JINJA, justification=None), "without a justification"),
        (_statement("fixed", {"@id": "pkg:pypi/jinja2"}), "in which version"),
        (_statement("not_affected"), "names no product"),
        (_statement("not_affected", {"@id": "https://example.test/shop"}), "no package URL"),
        (_statement("not_affected", {"@id": "pkg:oci/shop"}), "without its digest"),
        (_statement("not_affected", {**_JINJA, "subcomponents": [_JINJA]}), "with subcomponents"),
    ],
)
def test_what_hides_nothing_is_told_with_its_place(statement: dict[str, Any], why: str) -> None:
    reading = _read(statement)
    assert not reading.statements
    (told,) = reading.ignored
    assert told.place == "$.statements[0]"
    assert why in told.reason


def test_the_latest_statement_counts_in_any_order() -> None:
    late = _statement("affected", _JINJA, timestamp="2025-06-01T00:00:00Z")
    early = _statement("not_affected", _JINJA)
    assert not _read(late, early).statements
    assert not _read(early, late).statements


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"@context": "https://example.test"}, "$.@context"),
        ({"author": 3}, "$.author"),
        ({"statements": [{"status": "fixed"}]}, "$.statements[0]"),
        ({"statements": [_statement("harmless", _JINJA)]}, "$.statements[0].status"),
        ({"timestamp": "2025-01-01T00:00:00", "statements": [_statement("fixed", _JINJA)]}, "$.statements[0]"),
    ],
)
def test_a_malformed_document_names_the_place(more: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidValue) as told:
        _read(**more)
    assert place in str(told.value)
