"""``pratique plan``: what to do about an image's findings, step by step."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.target_options import (
    AllowHttp,
    LockFiles,
    NoCache,
    Output,
    PasswordStdin,
    PlatformName,
    Target,
    TargetOptions,
    Username,
    Workers,
)


class PlanFormat(StrEnum):
    """How a plan is shown."""

    TABLE = "table"
    JSON = "json"


def plan(
    target: Target,
    *,
    format: Annotated[PlanFormat, typer.Option(help="How to show it.")] = PlanFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Advisory database, instead of the one that is kept.")
    ] = None,
    platform: PlatformName = "",
    username: Username = "",
    password_stdin: PasswordStdin = False,
    allow_http: AllowHttp = False,
    no_cache: NoCache = False,
    workers: Workers = 0,
    lock_files: LockFiles = False,
) -> None:
    """Show the fewest steps that mend an image, the findings that each removes, and what is left and why.

    Exit status: 0 done; 2 wrong usage; 3 the image could not be read.
    """
    from pratique.cli.plan_run import run_plan

    options = TargetOptions(target, platform, username, password_stdin, allow_http, no_cache, workers, lock_files)
    status = run_plan(options, format, output, database)
    if status:
        raise typer.Exit(status)
