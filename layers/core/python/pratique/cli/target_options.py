"""The options that `scan` and `inventory` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="OCI layout folder (FOLDER or FOLDER:TAG), OCI or docker-save archive, or registry reference "
        "(REGISTRY/REPOSITORY:TAG or @DIGEST).",
    ),
]
PlatformName = Annotated[
    str,
    typer.Option(
        "--platform", metavar="OS/ARCH", help="Which image of a multi-platform one; linux/amd64 where not given."
    ),
]
Username = Annotated[str, typer.Option("--username", help="User name at the registry.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the registry password or token from standard input.")
]
AllowHttp = Annotated[bool, typer.Option("--allow-http", help="Speak plain HTTP to the registry.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Read every layer, though its report is kept from before.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes that read layers; 0: one for each core.")]
LockFiles = Annotated[
    bool,
    typer.Option("--lock-files", help="Read lock files too: what they pin need not be installed in the image."),
]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE|REVISION",
        help="Answer with the advisories that were current at the end of that day (UTC), or with that revision; "
        "the updates of the last week are kept.",
    ),
]


class TargetOptions(Struct, frozen=True):
    """What was asked, as given."""

    target: str
    platform: str
    username: str
    password_stdin: bool
    allow_http: bool
    no_cache: bool
    workers: int
    lock_files: bool = False
