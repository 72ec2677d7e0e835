"""``pratique inventory``: the packages of one image, with no advisory data and no malware scan."""

from __future__ import annotations

from enum import StrEnum
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


class InventoryFormat(StrEnum):
    """How an inventory is shown; the short names are those that the HTTP API has."""

    TABLE = "table"
    JSON = "json"
    CYCLONEDX = "cyclonedx"
    CYCLONEDX_JSON = "cyclonedx-json"
    SPDX = "spdx"
    SPDX_JSON = "spdx-json"


def inventory(
    target: Target,
    *,
    format: Annotated[InventoryFormat, typer.Option(help="How to show the packages.")] = InventoryFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    platform: PlatformName = "",
    username: Username = "",
    password_stdin: PasswordStdin = False,
    allow_http: AllowHttp = False,
    no_cache: NoCache = False,
    workers: Workers = 0,
    lock_files: LockFiles = False,
) -> None:
    """List the packages of one image.

    Exit status: 0 done; 2 wrong usage; 3 the image could not be read.
    """
    from pratique.cli.inventory_run import run_inventory

    options = TargetOptions(target, platform, username, password_stdin, allow_http, no_cache, workers, lock_files)
    status = run_inventory(options, format, output)
    if status:
        raise typer.Exit(status)
