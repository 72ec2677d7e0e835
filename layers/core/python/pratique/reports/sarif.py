"""A scan as SARIF 2.1.0, which code hosts show.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
Each vulnerability is a rule, each package that it affects a result at the file it was read from; so are samples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from pratique import __version__
from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.finding_rows import FindingRow, SampleRow, finding_rows, sample_rows
from pratique.reports.json_document import to_json

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    "high": "error",
    "medium": "warning",
    "low": "note",
    "urgent": "error",
    "warning": "warning",
    "notice": "note",
}
# Code hosts sort by this number where a rule has it: without a score, the middle of what the word stands for.
_SCORES = {"critical": 9.5, "high": 8.0, "medium": 5.5, "low": 2.0, "negligible": 0.1, "unknown": 5.5}


def sarif_json(image: Image, report: ImageReport, inventory: ImageInventory) -> bytes:
    """Return the log of one run."""
    findings = list(finding_rows(image, report, inventory))
    samples = list(sample_rows(image, report))
    rules = {
        **{row.finding.vulnerability.id: _rule(row) for row in findings},
        **{_key(row): _sample_rule(row) for row in samples},
    }
    indexes = {name: index for index, name in enumerate(rules)}
    results = [_result(row, image, indexes) for row in findings]
    results += [_sample_result(row, image, indexes) for row in samples]
    driver = {
        "name": "pratique",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": list(rules.values()),
        "notifications": [],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{image.reference}/"},
        "invocations": [
            {"executionSuccessful": report.status.value != "failed", "toolExecutionNotifications": list(_gaps(report))}
        ],
        "results": results,
        "properties": {"image": image.reference, "digest": image.digest, "status": report.status.value},
        "columnKind": "utf16CodeUnits",
    }
    return to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(row: FindingRow) -> Mapping[str, Any]:
    flaw = row.finding.vulnerability
    score = row.score if row.score is not None else _SCORES[flaw.severity.value]
    return {
        "id": flaw.id,
        "name": "Vulnerability",
        "shortDescription": {"text": flaw.title or flaw.id},
        "fullDescription": {"text": (flaw.description or flaw.title or flaw.id)[:1000]},
        "helpUri": row.remedy.references[0],
        "help": {"text": f"{row.remedy.command}\n{row.remedy.instead}\n{row.remedy.caution}".strip()},
        "defaultConfiguration": {"level": _LEVELS[row.finding.priority.value]},
        "properties": {"security-severity": f"{score:.1f}", "tags": ["vulnerability", row.finding.category.value]},
    }


def _result(row: FindingRow, image: Image, indexes: Mapping[str, int]) -> Mapping[str, Any]:
    flaw, package = row.finding.vulnerability, row.package
    result = {
        "ruleId": flaw.id,
        "ruleIndex": indexes[flaw.id],
        "level": _LEVELS[row.finding.priority.value],
        "message": {"text": row.cause},
        "locations": [_location(package.path, f"{image.reference}: layer {package.layer.index}")],
        "partialFingerprints": {"finding/v1": _mark(flaw.id, package.type, package.name, package.path)},
        "properties": {
            "package": package.name,
            "version": package.version,
            "purl": package.purl,
            "fixedVersion": package.fixed_version,
            "origin": package.origin.value,
            "layer": package.layer.diff_id,
        },
    }
    if package.suppressed_by:
        because = f"suppression {package.suppressed_by}: {row.suppressed_because}"
        told = {"kind": "external", "status": "accepted", "justification": because}
        result["suppressions"] = [told]
    return result


def _sample_rule(row: SampleRow) -> Mapping[str, Any]:
    return {
        "id": _key(row),
        "name": "MaliciousSample",
        "shortDescription": {"text": row.description},
        "fullDescription": {"text": row.description},
        "defaultConfiguration": {"level": _LEVELS[row.level]},
        "properties": {"security-severity": "9.5" if row.level == "urgent" else "5.5", "tags": ["malware"]},
    }


def _sample_result(row: SampleRow, image: Image, indexes: Mapping[str, int]) -> Mapping[str, Any]:
    gone = " A higher layer removes the file." if row.removed else ""
    result = {
        "ruleId": _key(row),
        "ruleIndex": indexes[_key(row)],
        "level": _LEVELS[row.level],
        "message": {"text": f"{row.name}: {row.description}.{gone}"},
        "locations": [_location(row.path, f"{image.reference}: layer {row.layer.index}")],
        "partialFingerprints": {"finding/v1": _mark(row.sha256, row.path)},
        "properties": {"sha256": row.sha256, "layer": row.layer.diff_id, "origin": row.layer.origin.value},
    }
    if row.allowed_by:
        told = {"kind": "external", "status": "accepted", "justification": f"allow-list entry {row.allowed_by}"}
        result["suppressions"] = [told]
    return result


def _location(path: str, where: str) -> Mapping[str, Any]:
    # A path is a URI reference here: what is special in one is escaped, and no image makes it an address.
    artifact = {"uri": quote(path) or "image", "uriBaseId": "ROOTPATH"}
    physical = {"artifactLocation": artifact, "region": {"startLine": 1}}
    return {"physicalLocation": physical, "message": {"text": where}}


def _gaps(report: ImageReport) -> Iterator[Mapping[str, Any]]:
    for reason in report.coverage.reasons:
        text = " ".join(part for part in (reason.detail, reason.path, reason.layer) if part)
        yield {"descriptor": {"id": reason.code.value}, "level": "warning", "message": {"text": text}}


def _key(row: SampleRow) -> str:
    return f"sample/{row.rule}"


def _mark(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
