"""What one benchmark has told, as text of a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def targets(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a table of every target, and whether it was met."""
    rows = [
        (
            result["name"],
            each["what"],
            f"{each['value']:.3g}{each['unit']}",
            f"{'≥' if each['least'] else '≤'} {each['limit']:g}{each['unit']}",
            "met" if _met(each) else "**missed**",
        )
        for result in results
        for each in result["targets"]
    ]
    yield from _table(("benchmark", "what", "measured", "target", ""), rows)


def measured(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the command, the day and the machine, what was left out, the notes and the tables."""
    machine = result["machine"]
    yield f"`{result['command']}`, {result['made'][:10]}: {machine['processor']}, "
    yield f"{machine['cores']} cores, {machine['memory']}, {machine['system']}, Python {machine['python']}, "
    yield f"{machine['versions']}; load at the end {machine['load']}.\n"
    for reason in result["skipped"]:
        yield f"\nNot measured: {reason}.\n"
    for note in result["notes"]:
        yield f"\n{note}\n"
    for table in result["tables"]:
        yield f"\n{table['title']}:\n\n"
        yield from _table(table["columns"], table["rows"])


def _met(target: Mapping[str, Any]) -> bool:
    return bool(target["value"] >= target["limit"] if target["least"] else target["value"] <= target["limit"])


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"
