"""``pratique explain``: why an image has a finding, or has not."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.target_options import (
    AllowHttp,
    AsOf,
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


class ExplainFormat(StrEnum):
    """How an explanation is shown."""

    TABLE = "table"
    JSON = "json"


def explain(
    target: Target,
    about: Annotated[
        str, typer.Argument(metavar="PACKAGE-or-ID", help="A package of the image, or the id of a vulnerability.")
    ],
    *,
    format: Annotated[ExplainFormat, typer.Option(help="How to show it.")] = ExplainFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Advisory database, instead of the one that is kept.")
    ] = None,
    as_of: AsOf = "",
    platform: PlatformName = "",
    username: Username = "",
    password_stdin: PasswordStdin = False,
    allow_http: AllowHttp = False,
    no_cache: NoCache = False,
    workers: Workers = 0,
    lock_files: LockFiles = False,
) -> None:
    """Show every advisory that was a candidate, the comparison that was made, and what came of it.

    Exit status: 0 done; 2 wrong usage; 3 the image could not be read.
    """
    from pratique.cli.explain_run import ExplainRequest, run_explain

    options = TargetOptions(target, platform, username, password_stdin, allow_http, no_cache, workers, lock_files)
    request = ExplainRequest(options, about, format, output, database, as_of)
    status = run_explain(request)
    if status:
        raise typer.Exit(status)
