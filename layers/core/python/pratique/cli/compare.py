"""``pratique compare``: what differs between the findings of two images."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import click

from pratique.cli.report_options import database_option, format_option, output_option
from pratique.cli.target_options import TargetOptions, reads_images


class CompareFormat(StrEnum):
    """How a comparison is shown."""

    TABLE = "table"
    JSON = "json"


@click.command()
@format_option(CompareFormat, "How to show it.")
@output_option
@database_option
@click.option(
    "--as-of",
    default="",
    metavar="DATE|REVISION",
    help="Match the first image with the advisories of that day (UTC) or revision: with one image given twice, "
    "what the advisories have changed since.",
)
@reads_images("before", "after")
def compare(
    before: TargetOptions,
    after: TargetOptions,
    *,
    format_: CompareFormat,
    output: Path | None,
    database: Path | None,
    as_of: str,
) -> None:
    """Show which vulnerabilities the second image has and the first has not, which are gone, and which stayed.

    Both are matched with the same advisories, unless --as-of says otherwise. Exit status: 0 done; 2 wrong usage; 3 an
    image could not be read.
    """
    from pratique.cli.compare_run import run_compare

    sys.exit(run_compare(before, after, format_, output, database, as_of=as_of))
