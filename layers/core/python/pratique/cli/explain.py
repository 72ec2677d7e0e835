"""``pratique explain``: why an image has a finding, or has not."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import click

from pratique.cli.report_options import as_of_option, database_option, format_option, output_option
from pratique.cli.target_options import TargetOptions, reads_images


class ExplainFormat(StrEnum):
    """How an explanation is shown."""

    TABLE = "table"
    JSON = "json"


@click.command()
@format_option(ExplainFormat, "How to show it.")
@output_option
@database_option
@as_of_option
@reads_images("target")
@click.argument("about", metavar="PACKAGE-or-ID", help="A package of the image, or the id of a vulnerability.")
def explain(
    target: TargetOptions,
    about: str,
    *,
    format_: ExplainFormat,
    output: Path | None,
    database: Path | None,
    as_of: str,
) -> None:
    """Show every advisory that was a candidate, the comparison that was made, and what came of it.

    Exit status: 0 done; 2 wrong usage; 3 the image could not be read.
    """
    from pratique.cli.explain_run import ExplainRequest, run_explain

    sys.exit(run_explain(ExplainRequest(target, about, format_, output, database, as_of)))
