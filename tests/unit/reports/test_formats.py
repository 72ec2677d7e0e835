"""The formats that other programs read: valid as those programs read them, and safe whatever an image is called."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import botocore.session
import jsonschema
import pytest
from botocore.validate import ParamValidator
from msgspec import structs

from pratique.errors import InvalidValue
from pratique.model.advisory import FixState
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.finding import ImageReport
from pratique.model.suppression import Covers, Suppression
from pratique.reports.asff import Receiver
from pratique.reports.formats import ReportFormat, report_bytes
from pratique.reports.lines import COLUMNS
from tests.unit.reports.test_reports import IMAGE, INVENTORY, NOW, a_report

HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>\x1b]0;x\x07\"&'"


SUPPRESSION = Suppression("S1", Covers(vulnerability="CVE-2026-2"), "Never loaded.", "ann", "bob", NOW)


def made(form: ReportFormat, report: ImageReport | None = None) -> str:
    receiver = Receiver("111122223333", "eu-west-1")
    return report_bytes(form, IMAGE, report or a_report(), INVENTORY, now=NOW, receiver=receiver).decode()


def test_asff_is_refused_without_a_receiver() -> None:
    with pytest.raises(InvalidValue, match="account and region"):
        report_bytes(ReportFormat.ASFF, IMAGE, a_report(), INVENTORY, now=NOW)


def hostile() -> ImageReport:
    report = a_report(Reason(ReasonCode.FILE_UNREADABLE, HOSTILE, HOSTILE))
    findings = []
    for finding in report.vulnerabilities:
        (item,) = finding.packages
        package = structs.replace(item.installed.package, name=HOSTILE, version=HOSTILE)
        places = tuple(structs.replace(place, path=HOSTILE) for place in item.installed.locations)
        installed = structs.replace(item.installed, package=package, locations=places)
        flaw = structs.replace(finding.vulnerability, title=HOSTILE, description=HOSTILE)
        changed = structs.replace(item, installed=installed)
        findings.append(structs.replace(finding, vulnerability=flaw, packages=(changed,)))
    return structs.replace(report, vulnerabilities=tuple(findings))


def suppressed(report: ImageReport | None = None, suppression: Suppression = SUPPRESSION) -> ImageReport:
    report = report or a_report()
    first, *rest = report.vulnerabilities
    hidden = tuple(structs.replace(item, suppressed_by="S1") for item in first.packages)
    found = (structs.replace(first, packages=hidden), *rest)
    return structs.replace(report, vulnerabilities=found, suppressions=(suppression,))


def test_csv_and_json_lines_have_a_row_for_each_package_and_place() -> None:
    rows = list(csv.DictReader(io.StringIO(made(ReportFormat.CSV), newline="")))
    lines = [json.loads(line) for line in made(ReportFormat.JSON_LINES).splitlines()]
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert [row["kind"] for row in rows] == ["vulnerability"] * 2 + ["sample"] * 2
    assert (rows[0]["id"], rows[0]["origin"], rows[0]["fixed_version"]) == ("CVE-2026-1", "base", "3.0.15-1~deb12u1")
    assert "apt-get" in rows[0]["fix_command"]


@pytest.mark.parametrize(
    "form", [ReportFormat.JSON, ReportFormat.CSV, ReportFormat.HTML, ReportFormat.SARIF, ReportFormat.JUNIT]
)
def test_reason_of_a_suppression_is_told(form: ReportFormat) -> None:
    assert SUPPRESSION.reason in made(form, suppressed())


def test_command_mends_every_copy_of_a_version() -> None:
    (finding,) = [one for one in a_report().vulnerabilities if one.vulnerability.id == "CVE-2026-2"]
    (item,) = finding.packages
    paths = [f"{place}/lib/python3.11/site-packages/Jinja2-2.10.dist-info/METADATA" for place in ("opt/a", "opt/b")]
    places = tuple(structs.replace(item.installed.locations[0], path=path) for path in paths)
    copies = structs.replace(item, fixed_version="3.1.6", installed=structs.replace(item.installed, locations=places))
    report = structs.replace(a_report(), vulnerabilities=(structs.replace(finding, packages=(copies,)),))
    (row,) = json.loads(made(ReportFormat.JSON, report))["vulnerabilities"]
    assert row["fix_command"] == (
        "/opt/a/bin/python -m pip install Jinja2==3.1.6 && /opt/b/bin/python -m pip install Jinja2==3.1.6"
    )


@pytest.mark.parametrize("which", ["found", "hostile", "suppressed", "unknown"])
def test_no_text_that_says_what_to_do_is_empty(which: str) -> None:
    bare = [
        structs.replace(
            finding,
            vulnerability=structs.replace(finding.vulnerability, title="", references=(), severity_source=""),
            packages=tuple(
                structs.replace(item, evidence=(), fixed_version="", fix_state=FixState.UNKNOWN)
                for item in finding.packages
            ),
        )
        for finding in a_report().vulnerabilities
    ]
    reports = {
        "found": a_report(),
        "hostile": hostile(),
        "suppressed": suppressed(),
        "unknown": structs.replace(a_report(), vulnerabilities=tuple(bare)),
    }
    texts = ("cause", "fix_note", "dockerfile", "caution", "prevention", "references")
    rows = json.loads(made(ReportFormat.JSON, reports[which]))["vulnerabilities"]
    rows += [
        row
        for row in map(json.loads, made(ReportFormat.JSON_LINES, reports[which]).splitlines())
        if row["kind"] == "vulnerability"
    ]
    assert len(rows) == 4
    assert [(row["id"], name) for row in rows for name in texts if not row[name]] == []


def test_csv_cell_of_a_hostile_name_is_no_formula() -> None:
    for row in csv.DictReader(io.StringIO(made(ReportFormat.CSV, hostile()), newline="")):
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_sarif_names_rules_places_and_what_was_not_seen() -> None:
    log = json.loads(made(ReportFormat.SARIF, a_report(Reason(ReasonCode.LAYER_NOT_READ, "lost"))))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["descriptor"]["id"] == "layer_not_read"
    marks = [result["partialFingerprints"]["finding/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks) == 4


SARIF_SCHEMA = Path(__file__).resolve().parents[3] / ".pratique" / "schemas" / "sarif-2.1.0.json"


@pytest.mark.skipif(
    not SARIF_SCHEMA.exists(),
    reason="SARIF's schema is not there: run `python requirements/take_npm_files.py .pratique/schemas`",
)
@pytest.mark.parametrize("which", ["found", "clean", "partial", "suppressed", "hostile"])
def test_sarif_fits_the_published_schema(which: str) -> None:
    reports = {
        "found": a_report(),
        "clean": a_report(found=False),
        "partial": a_report(Reason(ReasonCode.LAYER_NOT_READ, "lost")),
        "suppressed": suppressed(),
        "hostile": suppressed(hostile()),
    }
    checked = jsonschema.Draft4Validator(
        json.loads(SARIF_SCHEMA.read_text()), format_checker=jsonschema.FormatChecker()
    )
    assert [error.message for error in checked.iter_errors(json.loads(made(ReportFormat.SARIF, reports[which])))] == []


def test_junit_fails_for_findings_and_skips_suppressed_ones() -> None:
    suite = ElementTree.fromstring(made(ReportFormat.JUNIT, suppressed()))[0]  # noqa: S314 - made here
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "3", "1")
    assert len(suite.findall("testcase/failure")) == 3
    assert len(suite.findall("testcase/skipped")) == 1


def test_asff_is_what_the_service_takes() -> None:
    findings = json.loads(made(ReportFormat.ASFF))
    shape = botocore.session.get_session().get_service_model("securityhub").operation_model("BatchImportFindings")
    assert shape.input_shape is not None
    problems = ParamValidator().validate(findings, shape.input_shape)
    assert not problems.has_errors(), problems.generate_report()
    assert len({finding["Id"] for finding in findings["Findings"]}) == 4


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]


def test_html_page_runs_and_loads_nothing_whatever_the_image_holds() -> None:
    page = Page()
    page.feed(made(ReportFormat.HTML, hostile()))
    assert "script" not in page.tags
    assert page.loads == []
    assert page.tags.count("tr") == 3 + 4 + 1


@pytest.mark.parametrize("form", list(ReportFormat))
def test_every_format_survives_hostile_text_and_is_printable(form: ReportFormat) -> None:
    text = made(form, suppressed(hostile()))
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize("form", list(ReportFormat))
def test_no_format_looks_clean_when_the_scan_is_not_whole(form: ReportFormat) -> None:
    if form in (ReportFormat.CSV, ReportFormat.JSON_LINES, ReportFormat.ASFF, ReportFormat.OPENVEX):
        return  # rows of findings or decisions alone: the documentation says so
    text = made(form, a_report(Reason(ReasonCode.LAYER_NOT_READ, "lost"), found=False))
    assert "layer_not_read" in text
