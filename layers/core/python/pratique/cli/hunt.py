"""``pratique hunt``: look for what new rules find in images that the local system has scanned before."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pratique.cli.local_folder import local_folder_option
from pratique.cli.parameter_types import PATH


@click.command()
@click.option(
    "--rules",
    type=PATH,
    multiple=True,
    metavar="FOLDER",
    help="Rule pack to upload first: a folder or file; may be given several times.",
)
@click.option(
    "--hashes",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="List of known bad files to upload first: hashes, or ClamAV's *.hdb and *.hsb.",
)
@click.option(
    "--scope",
    default="ALL",
    show_default=True,
    help="Images to hunt in: ALL, I#instance, N#instance/namespace, R#instance/repository.",
)
@local_folder_option
def hunt(rules: tuple[Path, ...], hashes: tuple[Path, ...], *, scope: str, folder: Path) -> None:
    """Hunt with every rule pack of the running local system, newest images first.

    Only layers that hold a file of a type which a changed rule can fire on are read.

    Exit status: 0 done; 1 some images were left as they were; 2 wrong usage; 3 the hunt did not take place.
    """
    from pratique.cli.hunt_run import run_hunt

    sys.exit(run_hunt(rules, hashes, scope, folder))
