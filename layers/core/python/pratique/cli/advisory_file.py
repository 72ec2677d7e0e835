"""Where the command line keeps its advisory database, and how it opens it."""

from __future__ import annotations

import os
from pathlib import Path

from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.starter import starter_database
from pratique.cli.cache_folder import cache_folder

VARIABLE = "PRATIQUE_DATABASE"


def cli_database_path() -> Path:
    """Return the database's path, which may not exist yet; the environment variable PRATIQUE_DATABASE names another."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else cache_folder() / "advisories.sqlite"


def open_cli_database(named: Path | None = None) -> SqliteDatabase:
    """Open the database that the user named, else the kept one, else the starter set.

    Raises AdvisoryDatabaseError where a file that is named or kept cannot be read.
    """
    path = named or cli_database_path()
    if named is not None or VARIABLE in os.environ or path.is_file():
        return open_database(path)
    return starter_database(cache_folder() / "advisories")
