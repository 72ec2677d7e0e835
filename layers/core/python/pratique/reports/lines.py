"""Findings as CSV (https://www.rfc-editor.org/rfc/rfc4180) and as JSON lines (https://jsonlines.org): a row a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.finding_rows import FindingRow, SampleRow, finding_rows, sample_rows
from pratique.reports.printable import printable
from pratique.reports.rows import RowFormat, written

Cells = Mapping[str, str | int | float | bool | None]

COLUMNS = (
    "kind", "image", "digest", "id", "category", "priority", "severity", "score", "epss", "known_exploited", "package",
    "version", "purl", "fixed_version", "fix_state", "path", "layer", "instruction", "origin", "suppressed_by", "cause",
    "fix_command", "fix_note", "dockerfile", "caution", "prevention", "references",
    "suppressed_because",
)  # fmt: skip
_HEADER = f"{','.join(COLUMNS)}\r\n".encode()


def csv_report(image: Image, report: ImageReport, inventory: ImageInventory) -> bytes:
    """Return one line for each finding and package and for each sample and place, under a line of column names."""
    return written([_printed(row) for row in _rows(image, report, inventory)], RowFormat.CSV) or _HEADER


def json_lines(image: Image, report: ImageReport, inventory: ImageInventory) -> bytes:
    """Return one JSON object a line with the columns of the CSV."""
    return written(list(_rows(image, report, inventory)), RowFormat.JSON_LINES)


def _printed(row: Cells) -> Cells:
    cells = {name: row.get(name) for name in COLUMNS}
    return {name: printable(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}


def _rows(image: Image, report: ImageReport, inventory: ImageInventory) -> Iterator[Cells]:
    about = {"image": image.reference, "digest": image.digest}
    for finding in finding_rows(image, report, inventory):
        yield {"kind": "vulnerability", **about, **_finding(finding)}
    for sample in sample_rows(image, report):
        yield {"kind": "sample", **about, **_sample(sample)}


def _finding(row: FindingRow) -> Cells:
    flaw, package = row.finding.vulnerability, row.package
    return {
        "id": flaw.id,
        "category": row.finding.category.value,
        "priority": row.finding.priority.value,
        "severity": flaw.severity.value,
        "score": row.score,
        "epss": flaw.exploitation.epss,
        "known_exploited": flaw.exploitation.known_exploited,
        "package": package.name,
        "version": package.version,
        "purl": package.purl,
        "fixed_version": package.fixed_version,
        "fix_state": package.fix_state,
        "path": package.path,
        "layer": package.layer.index,
        "instruction": package.layer.created_by,
        "origin": package.origin.value,
        "suppressed_by": package.suppressed_by,
        "cause": row.cause,
        "fix_command": row.remedy.command,
        "fix_note": row.remedy.instead,
        "dockerfile": row.remedy.dockerfile,
        "caution": row.remedy.caution,
        "prevention": row.remedy.prevention,
        "references": " ".join(row.references),
        "suppressed_because": row.suppressed_because,
    }


def _sample(row: SampleRow) -> Cells:
    return {
        "id": row.sha256,
        "category": "malicious",
        "priority": row.level,
        "package": row.name,
        "path": row.path,
        "layer": row.layer.index,
        "instruction": row.layer.created_by,
        "origin": row.layer.origin.value,
        "suppressed_by": row.allowed_by,
        "cause": row.description,
    }
