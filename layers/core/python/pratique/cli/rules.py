"""``pratique rules``: look at rule packs before they are used."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.target_options import Output

rules_app = typer.Typer(help="Check YARA rule packs and list their rules.", no_args_is_help=True)


class RulesFormat(StrEnum):
    """How rules are shown."""

    TABLE = "table"
    JSON = "json"


_Format = Annotated[RulesFormat, typer.Option("--format", help="How to show them.")]


@rules_app.command()
def check(
    packs: Annotated[list[Path], typer.Argument(metavar="PACK…", help="Folders or files of YARA rules.")],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="End with status 1 where a rule is left out.")] = False,
    format_: _Format = RulesFormat.TABLE,
    output: Output = None,
) -> None:
    """Compile rule packs as a scan would: count rules by level, and name each rule that is left out, with the reason.

    A rule that does not compile never costs its pack. Exit status: 0 done; 1 --strict and a rule is left out; 2 a pack
    cannot be read, none of its rules compiles, or its manifest names a rule that is not there.
    """
    from pratique.cli.rules_run import run_check

    if status := run_check(tuple(packs), format_, output, strict=strict):
        raise typer.Exit(status)


@rules_app.command("list")
def list_(
    packs: Annotated[
        list[Path] | None, typer.Argument(metavar="[PACK…]", help="Folders or files of YARA rules, besides our own.")
    ] = None,
    *,
    format_: _Format = RulesFormat.TABLE,
    output: Output = None,
) -> None:
    """List the rules that scans use: those that pratique brings along and those of the packs, worst level first."""
    from pratique.cli.rules_run import run_list

    if status := run_list(tuple(packs or ()), format_, output):
        raise typer.Exit(status)
