"""The table of advisory sources."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from pratique.ports.advisories import AdvisoryRevision


def print_sources(revision: AdvisoryRevision, path: Path) -> None:
    """Print the sources of a database that hold records, and after them what could not be read."""
    console = Console(soft_wrap=True)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (
        ("source", "left"),
        ("records", "right"),
        ("refused", "right"),
        ("fetched", "left"),
        ("", "left"),
    ):
        table.add_column(title, justify="right" if justify == "right" else "left", no_wrap=True)
    held = [state for state in revision.sources if state.records]
    for state in held:
        note = f"stale: {state.problem}" if state.stale else ""
        table.add_row(state.name, f"{state.records:,}", f"{state.refused:,}", state.fetched, note)
    console.print(table)
    missing = sorted(state.name for state in revision.sources if not state.records)
    if missing:
        console.print(f"without data: {', '.join(missing)}", highlight=False)
    if revision.starter:
        console.print("This is the starter set; `pratique advisories update` fetches real advisory data.")
    else:
        console.print(f"revision {revision.revision}, built {revision.built}, in {path}", highlight=False)
