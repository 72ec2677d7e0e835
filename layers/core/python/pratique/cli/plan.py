"""``pratique plan``: what to do about an image's findings, step by step."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import click

from pratique.cli.report_options import database_option, format_option, output_option
from pratique.cli.target_options import TargetOptions, reads_images


class PlanFormat(StrEnum):
    """How a plan is shown."""

    TABLE = "table"
    JSON = "json"


@click.command()
@format_option(PlanFormat, "How to show it.")
@output_option
@database_option
@reads_images("target")
def plan(target: TargetOptions, format_: PlanFormat, *, output: Path | None, database: Path | None) -> None:
    """Show the fewest steps that mend an image, the findings that each removes, and what is left and why.

    Exit status: 0 done; 2 wrong usage; 3 the image could not be read.
    """
    from pratique.cli.plan_run import run_plan

    sys.exit(run_plan(target, format_, output, database))
