"""The advisory databases, loaded once for each revision; the starter set stands in until there is one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.starter import starter_database
from pratique.services.current_advisories import current_database, newer_database
from pratique.wiring.stores import objects

_FOLDER = Path(tempfile.gettempdir()) / "pratique-advisories"


def database(as_of: str = "") -> SqliteDatabase:
    """Return the present database, or the one of ``as_of`` out of a folder of its own, which holds one at a time."""
    if not as_of:
        return current_database(objects(), _FOLDER)
    # Hardly anybody asks about the past.
    from pratique.services.advisory_history import AdvisoryHistory  # noqa: PLC0415

    return AdvisoryHistory(objects()).open(as_of, _FOLDER / "past")


def starter() -> SqliteDatabase:
    """Return the starter set."""
    return starter_database(_FOLDER)


def newer(revision: str) -> SqliteDatabase | None:
    """Return the present database where it is another than ``revision``."""
    return newer_database(objects(), _FOLDER, revision)
