"""The table of advisory sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pratique.ports.advisories import AdvisoryRevision
from pratique.services.advisory_history import KeptRevision

_SHOWN = 20


def print_sources(
    revision: AdvisoryRevision, path: Path, refused: Sequence[tuple[str, str, str]] = (), *, every: bool = False
) -> None:
    """Print the sources of a database, those without data by reason, and the records that could not be read.

    ``refused`` has (source, record, reason); the first twenty are shown unless ``every`` one is wanted.
    """
    console = Console(soft_wrap=True)
    console.print(_table(revision))
    _print_missing(console, revision)
    if refused:
        shown = refused if every else refused[:_SHOWN]
        console.print(f"records that could not be read ({len(refused)} kept in the database):", highlight=False)
        for source, record, reason in shown:
            console.print(f"  {escape(f'{source} {record}: {reason}')}", highlight=False)
        if len(shown) < len(refused):
            console.print(f"  and {len(refused) - len(shown)} more: --refused lists them all", highlight=False)
    if revision.starter:
        console.print("This is the starter set; `pratique advisories update` fetches real advisory data.")
    else:
        console.print(f"revision {revision.revision}, built {revision.built}, in {path}", highlight=False)


def print_kept(revisions: Sequence[KeptRevision]) -> None:
    """Print the revisions that ``--as-of`` can name, newest first."""
    if revisions:
        told = ", ".join(f"{one.revision} since {one.since:%Y-%m-%d %H:%M}" for one in reversed(revisions))
        Console(soft_wrap=True).print(f"kept for --as-of: {told}", highlight=False)


def _table(revision: AdvisoryRevision) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, number in (("source", False), ("records", True), ("refused", True), ("fetched", False), ("", False)):
        table.add_column(title, justify="right" if number else "left", no_wrap=True)
    for state in revision.sources:
        if state.records:
            note = escape(f"stale: {state.problem}") if state.stale else ""
            table.add_row(state.name, f"{state.records:,}", f"{state.refused:,}", state.fetched, note)
    return table


def _print_missing(console: Console, revision: AdvisoryRevision) -> None:
    without = [state for state in revision.sources if not state.records]
    absent = [state.name for state in without if state.absent]
    if absent:
        console.print(f"not in this mirror, so nothing is known of: {', '.join(absent)}", highlight=False)
    for state in without:
        if not state.absent:
            console.print(f"without data: {state.name}: {escape(state.problem)}", highlight=False)
