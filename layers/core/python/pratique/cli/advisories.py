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
        revision = run_update(source, path)
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        raise typer.Exit(3) from error
    print_sources(revision, path)


@advisories_app.command()
def status(database: Annotated[Path | None, _DATABASE] = None) -> None:
    """Show the sources of the database, their ages and record counts."""
    from pratique.cli.advisory_file import cli_database_path, open_cli_database
    from pratique.cli.advisory_table import print_sources

    try:
        revision = open_cli_database(database).revision
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        raise typer.Exit(3) from error
    print_sources(revision, database or cli_database_path())
