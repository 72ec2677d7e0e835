"""Every report of one made-up scan, and what none of them may do: look clean when it is not."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from msgspec.structs import replace
from rich.console import Console

from pratique.model.advisory import Exploitation, FixState
from pratique.model.base_image import BaseFoundBy, BaseImage
from pratique.model.coverage import Coverage, LeftOut, LeftOutFiles, Reason, ReasonCode, ScanStatus, status_of
from pratique.model.digest import DiffId, Digest
from pratique.model.distribution import Distribution
from pratique.model.finding import Category, Evidence, ImageReport, PackageFinding, Vulnerability, VulnerabilityFinding
from pratique.model.image import Image, Layer, Platform
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.model.sample import Behaviour, ImageSample, Level, RuleMatch, SampleFile
from pratique.model.severity import Priority, Severity
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.inventory_json import inventory_json
from pratique.reports.scan_json import scan_json
from pratique.reports.scan_summary import reaches, summarize, with_host_only
from pratique.reports.table import print_inventory, print_scan

LOW, HIGH = DiffId("sha256:" + "a" * 64), DiffId("sha256:" + "b" * 64)
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
IMAGE = Image(
    reference="example.test/shop:1",
    digest=Digest("sha256:" + "1" * 64),
    config_digest=Digest("sha256:" + "2" * 64),
    platform=Platform("linux", "amd64"),
    layers=(
        Layer(Digest("sha256:" + "3" * 64), LOW, "application/vnd.oci.image.layer.v1.tar+gzip", 10, 0, "FROM debian"),
        Layer(
            Digest("sha256:" + "4" * 64), HIGH, "application/vnd.oci.image.layer.v1.tar+gzip", 20, 1, "RUN pip install"
        ),
    ),
    base=BaseImage(1, BaseFoundBy.ANNOTATION, "debian:12", because="the image's annotations name debian:12"),
)
OPENSSL = InstalledPackage(
    Package(
        PackageType.DEB, "libssl3", "3.0.11-1~deb12u2", "amd64", "openssl", "3.0.11-1~deb12u2", licenses=("Apache-2.0",)
    ),
    "Debian:12",
    (Location("var/lib/dpkg/status", LOW),),
)
JINJA = InstalledPackage(
    Package(PackageType.PYPI, "Jinja2", "2.10"), "PyPI", (Location("opt/lib/Jinja2-2.10.dist-info/METADATA", HIGH),)
)
INVENTORY = ImageInventory(Distribution("debian", "12", name="Debian GNU/Linux"), (OPENSSL, JINJA))
EVIDENCE = Evidence("DSA-1", "debian", "Debian:12", "openssl", True, "deb", "3.0.11-1~deb12u2", "< 3.0.15-1", "r1")


def flaw(name: str, severity: Severity) -> Vulnerability:
    return Vulnerability(
        name, ("GHSA-1",), "A flaw", "", severity, "debian", (), Exploitation(), ("https://example.test/a",)
    )


FINDINGS = (
    VulnerabilityFinding(
        flaw("CVE-2026-2", Severity.NEGLIGIBLE),
        Category.APPLICATION,
        Priority.LOW,
        (PackageFinding(JINJA, "", FixState.NOT_FIXED, (EVIDENCE,)),),
    ),
    VulnerabilityFinding(
        flaw("CVE-2026-1", Severity.CRITICAL),
        Category.SYSTEM,
        Priority.HIGH,
        (PackageFinding(OPENSSL, "3.0.15-1~deb12u1", FixState.FIXED, (EVIDENCE,)),),
    ),
)
SAMPLE = ImageSample(
    "c" * 64,
    68,
    Level.WARNING,
    (RuleMatch("some_rule", "starter", Level.WARNING, "Does things", family="Dropper"),),
    (SampleFile(Location("opt/x.sh", LOW), removed=True), SampleFile(Location("opt/y.sh", HIGH))),
)
PACKAGE = ImageSample(
    "d" * 64,
    0,
    Level.URGENT,
    (RuleMatch("MAL-2026-1", "osv/PyPI", Level.URGENT, "Sends tokens away", behaviours=(Behaviour.SUPPLY_CHAIN,)),),
    (SampleFile(JINJA.locations[0]),),
    purl="pkg:pypi/jinja2@2.10",
)
GONE = replace(
    PACKAGE, sha256="e" * 64, purl="pkg:npm/%40acme/evil@1.0", files=(SampleFile(Location("app/x", LOW), removed=True),)
)
LEFT_OUT = (LeftOutFiles(LeftOut.NOT_SELECTED, 89, 2_500_000), LeftOutFiles(LeftOut.OVER_LIMIT, 1, 200))
COVERAGE = Coverage("debian 12", 2, 2, 100, 10, 1000, 2, "r1", "rules1", left_out=LEFT_OUT)


def a_report(*reasons: Reason, found: bool = True) -> ImageReport:
    coverage = replace(COVERAGE, reasons=reasons)
    return ImageReport(status_of(coverage), coverage, FINDINGS if found else (), (SAMPLE,) if found else ())


def shown(report: ImageReport, inventory: ImageInventory = INVENTORY) -> str:
    text = io.StringIO()
    print_scan(Console(file=text, width=160, color_system=None), IMAGE, report, inventory)
    return text.getvalue()


def document(report: ImageReport) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(scan_json(IMAGE, report, INVENTORY))
    return parsed


def test_scan_json_has_exactly_the_stated_fields() -> None:
    parsed = document(a_report())
    assert list(parsed) == ["schema_version", "image", "status", "coverage", "vulnerabilities", "samples", "summary"]
    assert list(parsed["image"]) == ["reference", "digest", "platform", "distribution", "base"]
    assert list(parsed["vulnerabilities"][0]) == [
        "id", "aliases", "category", "host_only", "priority", "severity", "severity_source", "package",
        "fixed_version", "fix_state", "path", "layer", "origin", "evidence", "suppressed_by", "cause", "fix_command",
        "fix_note", "dockerfile", "caution", "prevention", "references", "suppressed_because",
    ]  # fmt: skip
    assert parsed["vulnerabilities"][0]["evidence"] == [
        {
            "advisory": "DSA-1", "source": "debian", "ecosystem": "Debian:12", "matched_name": "openssl",
            "by_source": True, "scheme": "deb", "compared": "3.0.11-1~deb12u2", "range": "< 3.0.15-1", "revision": "r1",
            "note": "", "published": "",
        }
    ]  # fmt: skip
    assert parsed["vulnerabilities"][0]["package"] == {
        "ecosystem": "Debian:12",
        "name": "libssl3",
        "version": "3.0.11-1~deb12u2",
        "purl": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12",
    }
    assert parsed["vulnerabilities"][0]["layer"] == {
        "diff_id": LOW, "index": 0, "created_by": "FROM debian", "origin": "base",
    }  # fmt: skip
    assert [entry["origin"] for entry in parsed["vulnerabilities"]] == ["base", "application"]
    assert list(parsed["samples"][0]) == [
        "sha256", "purl", "name", "level", "behaviours", "rule", "rules", "path", "layer", "removed", "allowed_by",
    ]  # fmt: skip


def test_scan_json_puts_the_worst_first_and_one_row_a_place() -> None:
    parsed = document(a_report())
    assert [row["id"] for row in parsed["vulnerabilities"]] == ["CVE-2026-1", "CVE-2026-2"]
    assert [(row["path"], row["removed"]) for row in parsed["samples"]] == [("opt/x.sh", True), ("opt/y.sh", False)]
    assert parsed["summary"]["high"] == 1
    assert parsed["summary"]["warning"] == 1


def test_scan_json_says_what_was_not_seen() -> None:
    parsed = document(a_report(Reason(ReasonCode.LAYER_UNREADABLE, "cut short", layer=HIGH)))
    assert parsed["status"] == "partial"
    assert parsed["coverage"]["reasons"] == [
        {"code": "layer_unreadable", "detail": "cut short", "path": "", "layer": HIGH}
    ]


def test_what_malware_detectors_left_out_is_told_by_cause() -> None:
    assert document(a_report())["coverage"]["left_out"] == [
        {"why": "not_selected", "files": 89, "bytes": 2_500_000},
        {"why": "over_limit", "files": 1, "bytes": 200},
    ]
    words = "10 files (1 kB); left out: 89 of kinds that are not scanned (2 MB); 1 over a limit (200 bytes)"
    assert words in shown(a_report())


def test_table_shows_findings_with_words_for_their_colours() -> None:
    text = shown(a_report())
    assert text.index("System vulnerabilities") < text.index("Application vulnerabilities")
    for words in ("high", "CVE-2026-1", "3.0.15-1~deb12u1", "no fix yet", "warning", "removed by a higher layer"):
        assert words in text
    assert "2 vulnerabilities (1 high, 0 medium, 1 low), 1 malicious samples" in text.splitlines()[-1]


def test_table_calls_clean_only_what_was_seen_whole() -> None:
    assert "Clean: 0 vulnerabilities" in shown(a_report(found=False))
    assert "Clean" not in shown(a_report())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ReasonCode.FILE_UNREADABLE, ScanStatus.PARTIAL),
        (ReasonCode.DISTRIBUTION_WITHOUT_DATA, ScanStatus.UNSUPPORTED),
        (ReasonCode.IMAGE_UNREADABLE, ScanStatus.FAILED),
        (ReasonCode.ADVISORIES_STARTER, ScanStatus.PARTIAL),
        (ReasonCode.ADVISORIES_STALE, ScanStatus.PARTIAL),
    ],
)
def test_table_never_calls_clean_what_was_not_seen(code: ReasonCode, status: ScanStatus) -> None:
    text = shown(a_report(Reason(code, "why not"), found=False))
    assert "Clean" not in text
    assert f"Coverage: {status.value}" in text
    assert f"{code.value}: why not" in text


def test_table_makes_control_sequences_from_images_visible() -> None:
    hostile = replace(JINJA, package=replace(JINJA.package, name="\x1b[2Jname\r\n"))
    text = io.StringIO()
    inventory = ImageInventory(None, (hostile,), reasons=(Reason(ReasonCode.ENTRY_REFUSED, "bad\x1b]0;title\x07"),))
    print_inventory(Console(file=text, width=160, color_system=None), IMAGE, inventory)
    assert "\x1b" not in text.getvalue()
    assert "\x07" not in text.getvalue()
    assert "\\x1b[2Jname" in text.getvalue()
    assert "Coverage: partial" in text.getvalue()


def test_table_cuts_a_long_list_of_reasons_and_says_so() -> None:
    reasons = tuple(Reason(ReasonCode.FILE_UNREADABLE, f"number {number}") for number in range(30))
    assert "and 10 more" in shown(a_report(*reasons))


@pytest.mark.parametrize(
    ("threshold", "reached"),
    [
        (Priority.HIGH, True),
        (Priority.LOW, True),
        (Level.URGENT, False),
        (Level.WARNING, True),
        (Level.NOTICE, True),
    ],
)
def test_reaches_counts_as_bad_or_worse_of_one_kind(threshold: Priority | Level, reached: bool) -> None:
    assert reaches(a_report(), threshold) is reached
    assert not reaches(a_report(found=False), threshold)


def test_summarize_counts_vulnerabilities_once() -> None:
    counts = summarize(a_report())
    assert (counts.vulnerabilities, counts.high, counts.low, counts.samples, counts.packages) == (2, 1, 1, 1, 2)


def test_host_only_vulnerabilities_are_counted_apart_until_they_are_asked_for() -> None:
    kernel = replace(FINDINGS[1], vulnerability=flaw("CVE-2026-9", Severity.HIGH), host_only=True)
    report = replace(a_report(), host_only=(kernel,))
    assert (summarize(report).vulnerabilities, summarize(report).host_only) == (2, 1)
    assert "CVE-2026-9" not in shown(report)
    assert "not counted: 1 of kernel, firmware and boot loaders" in shown(report)
    asked = with_host_only(report)
    assert (summarize(asked).vulnerabilities, summarize(asked).host_only) == (3, 0)
    assert [row["host_only"] for row in document(asked)["vulnerabilities"]] == [False, True, False]
    assert "for a host that boots them" in shown(asked)


def test_packages_of_one_source_stand_in_one_row() -> None:
    held = FINDINGS[1].packages[0]
    command = replace(OPENSSL, package=replace(OPENSSL.package, name="openssl"))
    finding = replace(FINDINGS[1], packages=(held, replace(held, installed=command)))
    rows = [
        line for line in shown(replace(a_report(), vulnerabilities=(finding,))).splitlines() if "CVE-2026-1" in line
    ]
    assert len(rows) == 1
    assert "libssl3, openssl (openssl)" in rows[0]


def test_inventory_json_places_every_package() -> None:
    parsed = json.loads(inventory_json(IMAGE, INVENTORY))
    assert [row["name"] for row in parsed["packages"]] == ["libssl3", "Jinja2"]
    assert parsed["packages"][1]["locations"][0]["layer"]["created_by"] == "RUN pip install"
    assert parsed["status"] == "complete"


def test_inventory_json_keeps_what_a_layer_removed_apart() -> None:
    removed = replace(OPENSSL, removed_by=HIGH)
    parsed = json.loads(inventory_json(IMAGE, replace(INVENTORY, packages=(JINJA,), shadowed=(removed,))))
    assert [(row["name"], row["removed_by"]) for row in parsed["packages"]] == [("Jinja2", None)]
    assert [(row["name"], row["removed_by"]["index"]) for row in parsed["shadowed"]] == [("libssl3", 1)]


@pytest.mark.parametrize("report", [None, a_report()], ids=["inventory", "scan"])
def test_cyclonedx_is_valid_and_keeps_the_layers(report: ImageReport | None) -> None:
    body = cyclonedx_json(IMAGE, INVENTORY, now=NOW, report=report).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(body) is None
    parsed = json.loads(body)
    packages = {component["name"]: component for component in parsed["components"]}
    properties = {item["name"]: item["value"] for item in packages["Jinja2"]["properties"]}
    assert properties["pratique:location:0:layer:diff_id"] == HIGH
    assert parsed["metadata"]["timestamp"].startswith("2026-01-02T03:04:05")
    found = {item["id"]: item for item in parsed.get("vulnerabilities", [])}
    assert set(found) == ({"CVE-2026-1", "CVE-2026-2"} if report else set())
    if report:
        assert found["CVE-2026-1"]["affects"] == [{"ref": packages["libssl3"]["bom-ref"]}]


def test_cyclonedx_names_files_and_packages_that_are_samples() -> None:
    report = replace(a_report(), samples=(SAMPLE, PACKAGE, GONE))
    body = cyclonedx_json(IMAGE, INVENTORY, now=NOW, report=report).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(body) is None
    components = {component["name"]: component for component in json.loads(body)["components"]}
    file = components["opt/x.sh"]
    assert (file["type"], file["hashes"]) == ("file", [{"alg": "SHA-256", "content": SAMPLE.sha256}])
    properties = {item["name"]: item["value"] for item in file["properties"]}
    assert properties["pratique:sample:level"] == "warning"
    states = [properties[f"pratique:sample:location:{number}:state"] for number in (0, 1)]
    assert states == ["removed", "present"]
    installed = {item["name"]: item["value"] for item in components["Jinja2"]["properties"]}
    assert installed["pratique:sample:rule:0:rule"] == "osv/PyPI/MAL-2026-1"
    assert installed["pratique:sample:behaviour"] == "supply_chain"
    assert components["@acme/evil"]["purl"] == "pkg:npm/%40acme/evil@1.0"
    assert not any("pratique:sample:level" in str(components[name]) for name in ("libssl3",))


def test_package_sample_is_shown_by_its_url_and_reaches_its_level() -> None:
    report = replace(a_report(found=False), samples=(PACKAGE,))
    text = shown(report)
    assert "pkg:pypi/jinja2@2.10" in text
    assert "Sends tokens away" in text
    assert reaches(report, Level.URGENT)
    (row,) = document(report)["samples"]
    assert (row["purl"], row["rule"], row["behaviours"]) == (PACKAGE.purl, "MAL-2026-1", ["supply_chain"])
