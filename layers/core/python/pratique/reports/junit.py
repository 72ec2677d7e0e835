"""A scan as a JUnit result, which build servers show: a test case for each finding, failed unless it is suppressed."""

from __future__ import annotations

from xml.etree import ElementTree

from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.finding_rows import finding_rows, sample_rows
from pratique.reports.printable import printable


def junit_xml(image: Image, report: ImageReport, inventory: ImageInventory) -> bytes:
    """Return one suite; what was not seen is its output, and a scan without findings has one passed case."""
    suite = ElementTree.Element("testsuite", name=printable(image.reference))
    failures = skipped = 0
    for row in finding_rows(image, report, inventory):
        flaw, package = row.finding.vulnerability, row.package
        case = _case(suite, f"{flaw.id} {package.name} {package.version}", package.path)
        if package.suppressed_by:
            skipped += 1
            ElementTree.SubElement(
                case, "skipped", message=printable(f"suppression {package.suppressed_by}: {row.suppressed_because}")
            )
            continue
        failures += 1
        text = "\n".join(part for part in (row.cause, row.remedy.command, row.remedy.instead) if part)
        _failure(case, row.finding.priority.value, f"{row.finding.priority.value}: {flaw.title or flaw.id}", text)
    for sample in sample_rows(image, report):
        case = _case(suite, f"{sample.name} {sample.sha256}", sample.path)
        if sample.allowed_by:
            skipped += 1
            ElementTree.SubElement(case, "skipped", message=printable(f"allow-list entry {sample.allowed_by}"))
            continue
        failures += 1
        _failure(case, sample.level, f"{sample.level}: {sample.name}", sample.description)
    if not len(suite):
        _case(suite, f"scan {report.status.value}", "image")
    suite.attrib |= {"tests": str(len(suite)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    gaps = "\n".join(
        f"{reason.code.value}: {reason.detail} {reason.path}".strip() for reason in report.coverage.reasons
    )
    ElementTree.SubElement(suite, "system-out").text = printable_lines(f"status: {report.status.value}\n{gaps}".strip())
    whole = ElementTree.Element("testsuites")
    whole.append(suite)
    ElementTree.indent(whole)
    document: bytes = ElementTree.tostring(whole, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def printable_lines(text: str) -> str:
    """Return text that XML can hold: every character that does not print as its escape, but for line ends."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _case(suite: ElementTree.Element, name: str, path: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=printable(path), name=printable(name))


def _failure(case: ElementTree.Element, kind: str, message: str, text: str) -> None:
    ElementTree.SubElement(case, "failure", type=kind, message=printable(message)).text = printable_lines(text)
