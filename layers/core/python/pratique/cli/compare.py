"""``pratique compare``: what differs between the findings of two images."""

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


class CompareFormat(StrEnum):
    """How a comparison is shown."""

    TABLE = "table"
    JSON = "json"


def compare(
    before: Target,
    after: Target,
    *,
    format: Annotated[CompareFormat, typer.Option(help="How to show it.")] = CompareFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Advisory database, instead of the one that is kept.")
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="DATE|REVISION",
            help="Match the first image with the advisories of that day (UTC) or revision: with one image given twice, "
            "what the advisories have changed since.",
        ),
    ] = "",
    platform: PlatformName = "",
    username: Username = "",
    password_stdin: PasswordStdin = False,
    allow_http: AllowHttp = False,
    no_cache: NoCache = False,
    workers: Workers = 0,
    lock_files: LockFiles = False,
) -> None:
    """Show which vulnerabilities the second image has and the first has not, which are gone, and which stayed.

    Both are matched with the same advisories, unless --as-of says otherwise. Exit status: 0 done; 2 wrong usage; 3 an
    image could not be read.
    """
    from pratique.cli.compare_run import run_compare

    pair = [
        TargetOptions(target, platform, username, password_stdin, allow_http, no_cache, workers, lock_files)
        for target in (before, after)
    ]
    status = run_compare(pair[0], pair[1], format, output, database, as_of=as_of)
    if status:
        raise typer.Exit(status)
