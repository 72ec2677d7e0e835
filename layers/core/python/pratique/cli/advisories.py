"""``pratique advisories``: fetch advisory data, and show what is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pratique.errors import PratiqueError

advisories_app = typer.Typer(help="Fetch advisory data and show what is there.", no_args_is_help=True)

_DATABASE = typer.Option("--database", metavar="FILE", help="Database file, instead of the one that is kept.")


@advisories_app.command()
def update(
    source: Annotated[
        str, typer.Option("--from", metavar="URL|FOLDER", help="A mirror of the sources, instead of their own hosts.")
    ] = "",
    database: Annotated[Path | None, _DATABASE] = None,
) -> None:
    """Fetch the advisory sources and build the database anew from what changed."""
    from pratique.cli.advisory_file import cli_database_path
    from pratique.cli.advisory_table import print_sources
    from pratique.cli.advisory_update import run_update

    path = database or cli_database_path()
    try:
        refreshed = run_update(source, path)
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        raise typer.Exit(3) from error
    print_sources(refreshed.revision, path)
    if not refreshed.rebuilt:
        print("nothing changed since the last update")


@advisories_app.command()
def status(
    database: Annotated[Path | None, _DATABASE] = None,
    refused: Annotated[bool, typer.Option("--refused", help="List every record that could not be read.")] = False,
) -> None:
    """Show the sources of the database, their ages and record counts, and what could not be read."""
    from pratique.cli.advisory_file import cli_database_path, kept_databases, open_cli_database
    from pratique.cli.advisory_table import print_kept, print_sources

    try:
        opened = open_cli_database(database)
        unreadable = opened.refused()
        kept = kept_databases(database or cli_database_path()).revisions()
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        raise typer.Exit(3) from error
    print_sources(opened.revision, database or cli_database_path(), unreadable, every=refused)
    print_kept(kept)
