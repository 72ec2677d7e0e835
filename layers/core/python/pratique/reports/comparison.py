"""A comparison for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console

from pratique.model.comparison import ComparedFinding, Comparison
from pratique.reports.json_document import to_json
from pratique.reports.visible_text import shown


def comparison_json(comparison: Comparison) -> bytes:
    """Return the comparison as indented JSON."""
    return to_json(comparison)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print what was added and what was fixed, layer by layer, and how much stayed."""
    _print_part(console, "Added", comparison.added)
    _print_part(console, "Fixed", comparison.fixed)
    console.print(
        f"{len(comparison.added)} added, {len(comparison.fixed)} fixed, {len(comparison.unchanged)} unchanged",
        style="bold",
    )


def _print_part(console: Console, heading: str, findings: Sequence[ComparedFinding]) -> None:
    for (layer, instruction), of_layer in groupby(findings, key=lambda one: (one.layer, one.instruction)):
        console.print(shown(f"{heading}, layer {layer} ({instruction})"), style="bold")
        for one in of_layer:
            console.print(shown(f"  {one.priority.value:<6} {one.id}  {one.package} {one.version}"))
