"""CSAF VEX documents hide what they state, and no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from csaf_lib.verification import Verifier

from pratique.errors import InvalidValue
from pratique.model.suppression import Covers, Justification, VexDocument
from pratique.vex.read import read_vex
from pratique.vex.reading import VexFormat
from tests.unit.vex.csaf_documents import IMAGE, IMAGE_URL, body, csaf, part, product

JINJA = product("J", "pkg:pypi/jinja2@3.1.0")
IMAGED = product("I", IMAGE_URL)
PLATFORM = product("RHEL", cpe="cpe:/o:redhat:enterprise_linux:9")
BUILD = product("B", "pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=x86_64&epoch=1")
SOURCE = product("S", "pkg:rpm/redhat/openssl?arch=src")
PARTS = {
    "I:J": part("I:J", "J", "I"),
    "RHEL:B": part("RHEL:B", "B", "RHEL"),
    "RHEL:S": part("RHEL:S", "S", "RHEL"),
    "J:B": part("J:B", "B", "J"),
}
TREE: dict[str, Any] = {
    "products": [JINJA, IMAGED, PLATFORM, BUILD, SOURCE, product("P")],
    "parts": list(PARTS.values()),
}


def test_these_documents_are_what_the_standard_demands() -> None:
    document = csaf({"known_not_affected": ["J", "I:J"], "fixed": ["RHEL:B"]}, **TREE)
    report = Verifier(document).run_all()
    assert report.passed_count > 20
    assert report.failures == []


def test_products_are_packages_images_and_parts_of_images() -> None:
    reading = read_vex(body(csaf({"known_not_affected": ["J", "I", "I:J"]}, **TREE)))
    assert (reading.format, reading.ignored) == (VexFormat.CSAF, ())
    assert reading.document == VexDocument("SHOP-2026-1", "Shop team", "1", datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert {one.covers for one in reading.statements} == {
        Covers(vulnerability="CVE-2026-1000", package="pkg:pypi/jinja2@3.1.0"),
        Covers(vulnerability="CVE-2026-1000", digest=IMAGE),
        Covers(vulnerability="CVE-2026-1000", package="pkg:pypi/jinja2@3.1.0", digest=IMAGE),
    }
    assert {one.justification for one in reading.statements} == {Justification.VULNERABLE_CODE_NOT_PRESENT}


def test_a_build_that_has_the_fix_is_hidden_on_every_platform() -> None:
    remedy = {"category": "vendor_fix", "details": "RHSA-2026:1", "group_ids": ["G"]}
    document = csaf({"fixed": ["RHEL:B"]}, **TREE, remediations=[remedy])
    document["product_tree"]["product_groups"] = [{"group_id": "G", "product_ids": ["RHEL:B", "J"]}]
    (one,) = read_vex(body(document)).statements
    assert one.covers.package == "pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=x86_64&epoch=1"
    assert (one.justification, one.reason) == (Justification.FIXED, "RHSA-2026:1")


def test_impact_is_the_reason_where_no_flag_is_set() -> None:
    impact = {"category": "impact", "details": "never loaded", "product_ids": ["J"]}
    (one,) = read_vex(body(csaf({"known_not_affected": ["J"]}, **TREE, flags=[], threats=[impact]))).statements
    assert (one.justification, one.reason) == (Justification.NOT_AFFECTED, "never loaded")


@pytest.mark.parametrize(
    ("status", "more", "why"),
    [
        ({"known_affected": ["J"]}, {}, "status affected"),
        ({"under_investigation": ["J"]}, {}, "status under_investigation"),
        ({"known_not_affected": ["J"]}, {"flags": []}, "without a justification"),
        ({"known_not_affected": ["P"]}, {}, "has no package URL"),
        ({"known_not_affected": ["RHEL"]}, {}, "named by a CPE, which is not supported"),
        ({"known_not_affected": ["RHEL:B"]}, {}, "part of another product, and the product 'RHEL' is named by a CPE"),
        ({"fixed": ["RHEL:S"]}, {}, "part of another product"),
        ({"known_not_affected": ["J:B"]}, {}, "with subcomponents"),
        ({"known_not_affected": ["?"]}, {}, "has no product '?'"),
        ({"fixed": ["S"]}, {}, "in which version"),
        ({"known_not_affected": ["J"]}, {"cve": ""}, "neither cve nor ids"),
    ],
)
def test_what_hides_nothing_is_told_with_its_place(status: Any, more: Any, why: str) -> None:
    reading = read_vex(body(csaf(status, **TREE, **more)))
    assert not reading.statements
    (told,) = reading.ignored
    assert told.place == f"$.vulnerabilities[0].product_status.{next(iter(status))}[0]"
    assert why in told.reason


def test_an_id_that_is_no_cve_names_the_vulnerability() -> None:
    ids = [{"system_name": "GitHub", "text": "GHSA-1"}]
    (one,) = read_vex(body(csaf({"known_not_affected": ["J"]}, **TREE, cve="", ids=ids))).statements
    assert one.covers.vulnerability == "GHSA-1"


def test_a_product_that_is_also_said_to_be_affected_is_not_hidden() -> None:
    any_version = product("A", "pkg:pypi/jinja2")
    reading = read_vex(
        body(csaf({"known_not_affected": ["A"], "known_affected": ["J"]}, products=[JINJA, any_version]))
    )
    assert not reading.statements
    assert "contradicted by $.vulnerabilities[0].product_status.known_affected[0]" in reading.ignored[-1].reason


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ({"category": "csaf_security_advisory"}, "$.document.category"),
        ({"csaf_version": "2.1"}, "$.document.csaf_version"),
        ({"publisher": {}}, "$.document.publisher"),
        ({"tracking": {"id": "1", "version": "1", "current_release_date": "2026"}}, "$.document.tracking"),
    ],
)
def test_a_malformed_document_names_the_place(head: Any, place: str) -> None:
    with pytest.raises(InvalidValue) as told:
        read_vex(body(csaf({"known_not_affected": ["J"]}, **TREE, head=head)))
    assert place in str(told.value)
