"""``pratique rules``: look at rule packs before they are used."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import click

from pratique.cli.parameter_types import PATH
from pratique.cli.report_options import format_option, output_option


class RulesFormat(StrEnum):
    """How rules are shown."""

    TABLE = "table"
    JSON = "json"


_format_option = format_option(RulesFormat, "How to show them.")


@click.group()
def rules() -> None:
    """Check YARA rule packs and list their rules."""


@rules.command()
@click.argument("packs", type=PATH, nargs=-1, required=True, metavar="PACK…", help="Folders or files of YARA rules.")
@click.option("--strict", is_flag=True, help="End with status 1 where a rule is left out.")
@_format_option
@output_option
def check(packs: tuple[Path, ...], format_: RulesFormat, *, output: Path | None, strict: bool) -> None:
    """Compile rule packs as a scan would: count rules by level, and name each rule that is left out, with the reason.

    A rule that does not compile never costs its pack. Exit status: 0 done; 1 --strict and a rule is left out; 2 a pack
    cannot be read, none of its rules compiles, or its manifest names a rule that is not there.
    """
    from pratique.cli.rules_run import run_check

    sys.exit(run_check(packs, format_, output, strict=strict))


@rules.command("list")
@click.argument(
    "packs", type=PATH, nargs=-1, metavar="[PACK…]", help="Folders or files of YARA rules, besides our own."
)
@_format_option
@output_option
def list_(packs: tuple[Path, ...], format_: RulesFormat, *, output: Path | None) -> None:
    """List the rules that scans use: those that pratique brings along and those of the packs, worst level first."""
    from pratique.cli.rules_run import run_list

    sys.exit(run_list(packs, format_, output))
