"""The options of commands that show a report: its form, its file, and the advisories that it goes by."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import click

from pratique.cli.parameter_types import PATH, OneOf

Command = TypeVar("Command", bound=Callable[..., object])

output_option = click.option("--output", type=PATH, metavar="FILE", help="Write to this file.")
database_option = click.option(
    "--database", type=PATH, metavar="FILE", help="Advisory database, instead of the one that is kept."
)
as_of_option = click.option(
    "--as-of",
    default="",
    metavar="DATE|REVISION",
    help="Answer with the advisories that were current at the end of that day (UTC), or with that revision; "
    "the updates of the last week are kept.",
)


def format_option(forms: type[StrEnum], question: str) -> Callable[[Command], Command]:
    """Let a command be asked for one of ``forms``, a table where none is named; it is called with ``format_``."""
    return click.option("--format", "format_", type=OneOf(forms), default="table", show_default=True, help=question)
