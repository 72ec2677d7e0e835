"""CycloneDX documents with analyses hide what they state, and no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from pratique.errors import InvalidValue
from pratique.model.suppression import Covers, Justification, VexDocument
from pratique.vex.read import read_vex
from pratique.vex.reading import VexReading

SERIAL = "3e671687-395b-41f5-a30f-a58921a69b79"
OTHER = "11111111-395b-41f5-a30f-a58921a69b79"
IMAGE = "sha256:" + "b" * 64
JINJA = "pkg:pypi/jinja2@3.1.0"
INSIDE = {"type": "library", "bom-ref": "1", "name": "jinja2", "version": "3.1.0", "purl": JINJA}
NAMELESS = {"type": "library", "bom-ref": "2", "name": "inner"}
CONTAINER = {"type": "container", "bom-ref": "image", "name": "shop", "version": IMAGE}


def _flaw(ref: str = "1", **analysis: Any) -> dict[str, Any]:
    given = {"state": "not_affected", "justification": "code_not_reachable", **analysis}
    return {"id": "CVE-1", "analysis": {k: v for k, v in given.items() if v}, "affects": [{"ref": ref}]}


def _document(*flaws: dict[str, Any], about: dict[str, Any] | None = None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"timestamp": "2026-01-01T00:00:00Z", "authors": [{"name": "Ann"}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{SERIAL}",
        "version": 3,
        "metadata": metadata | ({"component": about} if about else {}),
        "components": [{**NAMELESS, "components": [INSIDE]}],
        "vulnerabilities": list(flaws),
    }


def _read(*flaws: dict[str, Any], about: dict[str, Any] | None = None, serial: str = "") -> VexReading:
    body = json.dumps(_document(*flaws, about=about)).encode()
    return read_vex(body, serials={serial: IMAGE} if serial else {})


def test_these_documents_are_valid() -> None:
    text = json.dumps(_document(_flaw(), _flaw(f"urn:cdx:{OTHER}/1#{JINJA}"), about=CONTAINER))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_component_of_no_product_is_hidden_by_its_package_url() -> None:
    reading = _read(_flaw())
    (one,) = reading.statements
    assert one.covers == Covers(vulnerability="CVE-1", package=JINJA)
    assert one.justification is Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH
    issued = datetime(2026, 1, 1, tzinfo=UTC)
    assert reading.document == VexDocument(f"urn:uuid:{SERIAL}", "Ann", "3", issued)


@pytest.mark.parametrize(
    "about",
    [CONTAINER, {"type": "container", "bom-ref": "image", "name": "shop", "purl": f"pkg:oci/shop@{IMAGE}"}],
)
@pytest.mark.parametrize(
    ("ref", "package"), [("1", JINJA), ("image", ""), (JINJA, JINJA), (f"urn:cdx:{SERIAL}/3#1", JINJA)]
)
def test_components_of_an_image_are_hidden_in_that_image_alone(ref: str, package: str, about: dict[str, Any]) -> None:
    (one,) = _read(_flaw(ref), about=about).statements
    assert one.covers == Covers(vulnerability="CVE-1", package=package, digest=IMAGE)


def test_links_into_the_bill_of_materials_of_a_known_image_are_followed() -> None:
    known = _read(
        _flaw(f"urn:cdx:{OTHER}/1#{JINJA.replace('@', '%40')}"), _flaw(f"urn:cdx:{OTHER}/1#{IMAGE}"), serial=OTHER
    )
    assert [one.covers for one in known.statements] == [
        Covers(vulnerability="CVE-1", package=JINJA, digest=IMAGE),
        Covers(vulnerability="CVE-1", digest=IMAGE),
    ]


def test_listed_versions_narrow_the_component() -> None:
    flaw = _flaw()
    flaw["affects"][0]["versions"] = [
        {"version": "3.0.9"},
        {"version": "3.1.1", "status": "unaffected"},
        {"range": "vers:pypi/<3"},
    ]
    reading = _read(flaw)
    assert [one.covers.package for one in reading.statements] == ["pkg:pypi/jinja2@3.0.9"]
    assert "a range of versions" in reading.ignored[0].reason


@pytest.mark.parametrize(
    ("analysis", "justification", "reason"),
    [
        (
            {"justification": "protected_at_perimeter", "detail": "a gateway"},
            "inline_mitigations_already_exist",
            "a gateway",
        ),
        ({"justification": "requires_configuration", "detail": "off"}, "not_affected", "requires_configuration: off"),
        ({"state": "false_positive", "justification": "", "detail": "other code"}, "not_affected", "other code"),
        ({"state": "resolved", "justification": "", "detail": "patched"}, "fixed", "patched"),
        ({"state": "resolved_with_pedigree", "justification": ""}, "fixed", "Ann: fixed"),
    ],
)
def test_states_and_justifications_have_words_here(analysis: dict[str, str], justification: str, reason: str) -> None:
    (one,) = _read(_flaw(**analysis)).statements
    assert (one.justification, one.reason) == (justification, reason)


@pytest.mark.parametrize(
    ("flaw", "about", "why"),
    [
        (_flaw(state="exploitable"), None, "status affected"),
        (_flaw(state="in_triage"), None, "status under_investigation"),
        (_flaw(justification=""), None, "without a justification"),
        (_flaw("2"), None, "no component '2' with a package URL"),
        (_flaw("absent"), None, "no component 'absent'"),
        (_flaw(), {"type": "application", "bom-ref": "x", "name": "shop"}, "a part of 'shop', which is no image"),
        (_flaw("x"), {"type": "application", "bom-ref": "x", "name": "shop", "purl": JINJA}, "the whole product"),
        (
            _flaw(),
            {"type": "container", "bom-ref": "x", "name": "shop", "purl": "pkg:oci/shop"},
            "no image with a digest",
        ),
        (_flaw(f"urn:cdx:{OTHER}/1#{JINJA}"), None, "a part of another document"),
        ({"id": "CVE-1", "analysis": {"state": "resolved"}}, None, "names no component"),
        ({"id": "", "analysis": {"state": "resolved"}, "affects": [{"ref": "1"}]}, None, "has no id"),
    ],
)
def test_what_hides_nothing_is_told_with_its_place(flaw: dict[str, Any], about: Any, why: str) -> None:
    reading = _read(flaw, about=about)
    assert not reading.statements
    (told,) = reading.ignored
    assert told.place.startswith("$.vulnerabilities[0]")
    assert why in told.reason


def test_a_component_that_is_also_exploitable_is_not_hidden() -> None:
    assert not _read(_flaw(state="exploitable"), _flaw()).statements
    assert not _read(_flaw(), _flaw(state="exploitable")).statements


def test_a_bill_of_materials_without_any_analysis_is_no_vex() -> None:
    with pytest.raises(InvalidValue, match=r"no vulnerability has an analysis.*\$\.vulnerabilities"):
        _read({"id": "CVE-1", "affects": [{"ref": "1"}]})


def test_a_malformed_document_names_the_place() -> None:
    with pytest.raises(InvalidValue, match=r"\$\.vulnerabilities\[0\]\.analysis\.state"):
        _read(_flaw(state="harmless"))
