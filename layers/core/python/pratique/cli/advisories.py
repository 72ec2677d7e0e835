"""``pratique advisories``: fetch advisory data, and show what is there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pratique.cli.parameter_types import PATH
from pratique.errors import PratiqueError

_database_option = click.option(
    "--database", type=PATH, metavar="FILE", help="Database file, instead of the one that is kept."
)


@click.group()
def advisories() -> None:
    """Fetch advisory data and show what is there."""


@advisories.command()
@click.option(
    "--from",
    "source",
    default="",
    metavar="URL|FOLDER",
    help="A mirror of the sources, instead of their own hosts.",
)
@_database_option
def update(source: str, database: Path | None) -> None:
    """Fetch the advisory sources and build the database anew from what changed."""
    from pratique.cli.advisory_file import cli_database_path
    from pratique.cli.advisory_table import print_sources
    from pratique.cli.advisory_update import run_update

    path = database or cli_database_path()
    try:
        refreshed = run_update(source, path)
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        sys.exit(3)
    print_sources(refreshed.revision, path)
    if not refreshed.rebuilt:
        print("nothing changed since the last update")


@advisories.command()
@_database_option
@click.option("--refused", is_flag=True, help="List every record that could not be read.")
def status(database: Path | None, refused: bool) -> None:
    """Show the sources of the database, their ages and record counts, and what could not be read."""
    from pratique.cli.advisory_file import cli_database_path, kept_databases, open_cli_database
    from pratique.cli.advisory_table import print_kept, print_sources

    try:
        opened = open_cli_database(database)
        unreadable = opened.refused()
        kept = kept_databases(database or cli_database_path()).revisions()
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        sys.exit(3)
    print_sources(opened.revision, database or cli_database_path(), unreadable, every=refused)
    print_kept(kept)
