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
    """Print the packages that the question is about, and a row for each candidate."""
    console.print(shown(f"{explanation.about}, with the advisories of revision {explanation.revision}"))
    for package in explanation.packages:
        console.print(shown(f"  {package}"))
    if not explanation.candidates:
        console.print(
            "No advisory speaks about these packages."
            if explanation.packages
            else "No package of the image has this name, and no advisory of this id speaks about one."
        )
        return
    table = Table(box=SIMPLE_HEAD)
    for column in ("Outcome", "Package", "Version", "Advisory", "Because"):
        table.add_column(column, overflow="fold")
    for one in explanation.candidates:
        ids = ", ".join(one.ids)
        cells = (one.outcome, one.package, one.version, f"{ids} ({one.source})", one.because)
        table.add_row(*(shown(cell) for cell in cells), style=_STYLES[one.outcome])
    console.print(table)
