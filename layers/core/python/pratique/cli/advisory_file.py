"""Where the command line keeps its advisory database, and how it opens it."""

from __future__ import annotations

import os
from pathlib import Path

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.starter import starter_database
from pratique.cli.cache_folder import cache_folder
from pratique.services.advisory_history import AdvisoryHistory, KeepingRule

VARIABLE = "PRATIQUE_DATABASE"
_KEPT = KeepingRule(days=7, months=0)


def cli_database_path() -> Path:
    """Return the database's path, which may not exist yet; the environment variable PRATIQUE_DATABASE names another."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else cache_folder() / "advisories.sqlite"


def kept_databases(path: Path) -> AdvisoryHistory:
    """Return the last revisions of the database at ``path``, which are kept beside it."""
    return AdvisoryHistory(FolderObjectStore(path.with_name(f"{path.name}.kept")), _KEPT)


def open_cli_database(named: Path | None = None, *, as_of: str = "") -> SqliteDatabase:
    """Open the database that the user named, else the kept one, else the starter set.

    ``as_of`` is a date, time or revision: the one that was current then is opened instead.

    Raises RevisionNotKept where that one is not kept, AdvisoryDatabaseError where a file that is named or kept cannot
    be read.
    """
    path = named or cli_database_path()
    if as_of:
        return kept_databases(path).open(as_of, cache_folder() / "past")
    if named is not None or VARIABLE in os.environ or path.is_file():
        return open_database(path)
    return starter_database(cache_folder() / "advisories")
