"""An explanation for people and for programs."""

from __future__ import annotations

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pratique.model.explanation import Explanation
from pratique.reports.visible_text import shown

_STYLES = {"affected": "red", "undetermined": "yellow", "dropped": "dim", "not_affected": ""}


def explanation_json(explanation: Explanation) -> bytes:
    """Return the explanation as JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(explanation), indent=2) + b"\n"


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print the packages that the question is about, each candidate, what they came to, and what is not known."""
    console.print(shown(f"{explanation.about}, with the advisories of revision {explanation.revision}"))
    for package in explanation.packages:
        console.print(shown(f"  {package}"))
    if explanation.candidates:
        console.print(_candidates(explanation))
        console.print(_chosen(explanation) if explanation.chosen else "No candidate is a finding.")
    elif not explanation.packages:
        console.print("No package of the image has this name, and no advisory of this id speaks about one.")
    elif not explanation.unanswered:
        console.print("No advisory speaks about these packages.")
    for sentence in explanation.unanswered:
        console.print(shown(f"Not answered: {sentence}"))


def _candidates(explanation: Explanation) -> Table:
    table = _table("Outcome", "Package", "Version", "Advisory", "Affected versions", "Because")
    for one in explanation.candidates:
        ids = ", ".join(one.ids)
        cells = (one.outcome, one.package, one.version, f"{ids} ({one.source})", one.range, one.because)
        table.add_row(*(shown(cell) for cell in cells), style=_STYLES[one.outcome])
    return table


def _chosen(explanation: Explanation) -> Table:
    table = _table("Finding", "Package", "Version", "Fixed in", "Priority", "Severity", "Also known as")
    for one in explanation.chosen:
        rated = f"{one.severity} ({one.severity_source})" if one.severity_source else one.severity
        fix = one.fixed_version or one.fix_state.replace("_", " ")
        priority = "not counted" if one.host_only else one.priority
        cells = (one.id, one.package, one.version, fix, priority, rated, ", ".join(one.ids[1:]))
        table.add_row(*(shown(cell) for cell in cells))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
