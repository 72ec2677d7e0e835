"""A scan as one HTML page that needs nothing else: no script, no font, no address that is loaded.

Everything that came out of an image is escaped, and a policy in the page forbids the browser to run or load anything.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from html import escape

from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.finding_rows import FindingRow, finding_rows, sample_rows
from pratique.reports.printable import printable
from pratique.reports.scan_summary import summarize

_STYLE = """body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}th{background:#eee}code{white-space:pre-wrap}.high,.urgent{color:#b00020}
.medium,.warning{color:#a04b00}.low,.notice{color:#555}.quiet{opacity:.6}"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_page(image: Image, report: ImageReport, inventory: ImageInventory, *, now: datetime.datetime) -> bytes:
    """Return the page, stamped with ``now``."""
    counts = summarize(report)
    distribution = str(inventory.distribution or "distribution not known")
    moment = now.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    numbers = (
        f"{counts.vulnerabilities} vulnerabilities ({counts.high} high, {counts.medium} medium, {counts.low} low), "
        f"{counts.samples} malicious samples, {counts.packages} packages, {counts.suppressed} suppressed."
    )
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{_text(image.reference)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(image.reference)}</h1>",
        f"<p>{_text(image.digest)}<br>{_text(str(image.platform))}, {_text(distribution)}, scanned {moment}</p>",
        f"<p><strong>Scan {_text(report.status.value)}.</strong> {numbers}</p>",
        *_table("Malicious samples", ("Level", "Sample", "What it is", "Path", "Layer"), _samples(image, report)),
        *_table(
            "Vulnerabilities",
            ("Priority", "Vulnerability", "Why", "Where", "What to do"),
            _findings(image, report, inventory),
        ),
        *_table("Not seen or not judged", ("Reason", "Detail", "Where"), _gaps(report)),
        "</body></html>",
    ]
    return "\n".join(parts).encode() + b"\n"


def _text(text: str) -> str:
    return escape(printable(text), quote=True)


def _table(heading: str, columns: Iterable[str], rows: Iterable[str]) -> list[str]:
    body = list(rows)
    if not body:
        return []
    head = "".join(f"<th>{name}</th>" for name in columns)
    return [f"<h2>{heading}</h2><table><thead><tr>{head}</tr></thead><tbody>", *body, "</tbody></table>"]


def _row(cells: Iterable[str], *, quiet: bool = False) -> str:
    kind = ' class="quiet"' if quiet else ""
    return f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _word(word: str) -> str:
    return f'<span class="{_text(word)}">{_text(word)}</span>'


def _findings(image: Image, report: ImageReport, inventory: ImageInventory) -> Iterable[str]:
    for row in finding_rows(image, report, inventory):
        flaw, package = row.finding.vulnerability, row.package
        command = f"<code>{_text(row.remedy.command)}</code><br>" if row.remedy.command else ""
        because = f"suppressed by {package.suppressed_by}: {row.suppressed_because}"
        hidden = f"<br>{_text(because)}" if package.suppressed_by else ""
        yield _row(
            (
                _word(row.finding.priority.value),
                f"{_text(flaw.id)}<br>{_text(flaw.title)}{hidden}",
                _text(row.cause),
                f"/{_text(package.path)}<br>layer {package.layer.index}, {package.origin.value}"
                f"<br>{_text(package.layer.created_by)}",
                "<br>".join((f"{command}{_text(row.remedy.instead)}", *map(_text, _texts(row)))),
            ),
            quiet=row.is_suppressed,
        )


def _texts(row: FindingRow) -> Iterable[str]:
    remedy = row.remedy
    return (
        remedy.dockerfile,
        f"Caution: {remedy.caution}",
        f"Prevention: {remedy.prevention}",
        " ".join(row.references),
    )


def _samples(image: Image, report: ImageReport) -> Iterable[str]:
    for row in sample_rows(image, report):
        cells = (_word(row.level), _text(row.name), _text(row.description), f"/{_text(row.path)}", str(row.layer.index))
        yield _row(cells, quiet=bool(row.allowed_by))


def _gaps(report: ImageReport) -> Iterable[str]:
    for reason in report.coverage.reasons:
        yield _row((_text(reason.code.value), _text(reason.detail), _text(f"{reason.path} {reason.layer}".strip())))
