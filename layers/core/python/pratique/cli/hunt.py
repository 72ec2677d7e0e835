"""``pratique hunt``: look for what new rules find in images that the local system has scanned before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.push import FOLDER


def hunt(
    rules: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="Rule pack to upload first: a folder or file; may be given several times."),
    ] = None,
    hashes: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="List of known bad files to upload first: hashes, or ClamAV's *.hdb and *.hsb."
        ),
    ] = None,
    scope: Annotated[
        str, typer.Option(help="Images to hunt in: ALL, I#instance, N#instance/namespace, R#instance/repository.")
    ] = "ALL",
    folder: Annotated[Path, typer.Option(help="Folder of the running local system.")] = FOLDER,
) -> None:
    """Hunt with every rule pack of the running local system, newest images first.

    Only layers that hold a file of a type which a changed rule can fire on are read.

    Exit status: 0 done; 1 some images were left as they were; 2 wrong usage; 3 the hunt did not take place.
    """
    from pratique.cli.hunt_run import run_hunt

    status = run_hunt(tuple(rules or ()), tuple(hashes or ()), scope, folder)
    if status:
        raise typer.Exit(status)
