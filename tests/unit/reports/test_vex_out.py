"""What was decided here is read elsewhere, and here again, as it was decided."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from msgspec import structs

from pratique.errors import InvalidValue
from pratique.matching.package_url import names_package
from pratique.model.digest import Digest
from pratique.model.finding import ImageReport
from pratique.model.suppression import Justification
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.formats import ReportFormat
from pratique.vex.read import read_vex
from pratique.vex.reading import VexReading
from tests.unit.reports.test_formats import SUPPRESSION, made, suppressed
from tests.unit.reports.test_reports import IMAGE, INVENTORY, JINJA, NOW, OPENSSL, a_report

DECIDED = [why for why in Justification if why is not Justification.ACCEPTED]


def decided(why: Justification) -> ImageReport:
    return suppressed(suppression=structs.replace(SUPPRESSION, justification=why))


def written(form: ReportFormat, report: ImageReport) -> bytes:
    if form is ReportFormat.CYCLONEDX:
        return cyclonedx_json(IMAGE, INVENTORY, report=report, now=NOW)
    return made(form, report).encode()


def hides_jinja(reading: VexReading) -> str:
    (one,) = reading.statements
    assert (one.covers.vulnerability, one.covers.digest) == ("CVE-2026-2", IMAGE.digest)
    assert names_package(one.covers.package, JINJA)
    assert "Never loaded." in one.reason
    return one.justification


@pytest.mark.parametrize("form", [ReportFormat.OPENVEX, ReportFormat.CYCLONEDX])
@pytest.mark.parametrize("why", DECIDED)
def test_decision_comes_back_as_it_was_made(form: ReportFormat, why: Justification) -> None:
    lost = {
        Justification.COMPONENT_NOT_PRESENT: Justification.VULNERABLE_CODE_NOT_PRESENT,
        Justification.VULNERABLE_CODE_CANNOT_BE_CONTROLLED: Justification.NOT_AFFECTED,
    }
    expected = lost.get(why, why) if form is ReportFormat.CYCLONEDX else why
    assert hides_jinja(read_vex(written(form, decided(why)))) == expected


@pytest.mark.parametrize("form", [ReportFormat.OPENVEX, ReportFormat.CYCLONEDX])
def test_accepted_risk_is_affected_and_hides_nothing_elsewhere(form: ReportFormat) -> None:
    reading = read_vex(written(form, decided(Justification.ACCEPTED)))
    assert not reading.statements
    assert [one.reason for one in reading.ignored] == ["status affected"]


@pytest.mark.parametrize("why", list(Justification))
def test_openvex_statement_keeps_the_rules_of_its_specification(why: Justification) -> None:
    document = json.loads(made(ReportFormat.OPENVEX, decided(why)))
    assert {"@context", "@id", "author", "timestamp", "version", "statements"} <= document.keys()
    assert (document["author"], document["version"]) == ("ann", 1)
    (statement,) = document["statements"]
    assert "action_statement" in statement or statement["status"] != "affected"
    explained = {"justification", "impact_statement"} & statement.keys()
    assert len(explained) == (statement["status"] == "not_affected")
    (product,) = statement["products"]
    assert product["@id"] == f"pkg:oci/shop@{IMAGE.digest}"
    assert product["hashes"] == {"sha-256": IMAGE.digest.removeprefix("sha256:")}
    assert product["subcomponents"] == [{"@id": "pkg:pypi/jinja2@2.10"}]


def test_openvex_has_one_id_for_the_same_statements() -> None:
    def identifier(report: ImageReport) -> Any:
        return json.loads(made(ReportFormat.OPENVEX, report))["@id"]

    assert identifier(suppressed()) == identifier(suppressed()) != identifier(decided(Justification.FIXED))


def test_openvex_is_refused_where_nothing_is_suppressed() -> None:
    with pytest.raises(InvalidValue, match="nothing is suppressed"):
        made(ReportFormat.OPENVEX, a_report())


def test_cyclonedx_analysis_is_of_the_suppressed_packages_alone() -> None:
    report = suppressed()
    first, *rest = report.vulnerabilities
    also = structs.replace(first.packages[0], installed=OPENSSL, suppressed_by="")
    both = structs.replace(first, packages=(*first.packages, also))
    text = cyclonedx_json(
        IMAGE, INVENTORY, report=structs.replace(report, vulnerabilities=(both, *rest)), now=NOW
    ).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    entries = [one for one in document["vulnerabilities"] if one["id"] == "CVE-2026-2"]
    purls = {one["bom-ref"]: one["purl"].partition("@")[0] for one in document["components"] if "purl" in one}
    seen = {"analysis" in one: [purls[each["ref"]] for each in one["affects"]] for one in entries}
    assert seen == {False: ["pkg:deb/debian/libssl3"], True: ["pkg:pypi/jinja2"]}


def test_bill_of_materials_of_an_image_keeps_its_serial_number() -> None:
    numbers = {json.loads(cyclonedx_json(IMAGE, INVENTORY, now=NOW))["serialNumber"] for _ in range(2)}
    other = structs.replace(IMAGE, digest=Digest("sha256:" + "9" * 64))
    assert len(numbers | {json.loads(cyclonedx_json(other, INVENTORY, now=NOW))["serialNumber"]}) == 2
