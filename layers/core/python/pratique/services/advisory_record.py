"""The record of the current advisory database: which one it is, and how it was tried.

Most of what asks for it needs to know how old the advisories are, and opens no database.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from pratique.errors import AdvisoryDatabaseError
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.objects import ObjectStore

CURRENT_KEY = "advisories/current.json"
"""The object that names the current database."""


class CanaryResult(Struct, frozen=True):
    """Which known findings (``<ecosystem> <name> <id>``) a database has, and which the one before had beyond."""

    found: tuple[str, ...]
    lost: tuple[str, ...] = ()


class CurrentAdvisories(msgspec.Struct, frozen=True):
    """What `CURRENT_KEY` holds: where the current database lies, what is in it and how it was tried.

    ``sha256`` is that of the database file itself, ``size`` its bytes; ``key`` holds it compressed with zstd.
    ``checked`` is when the sources were last asked (RFC 3339), ``schema`` the file's schema version.
    """

    revision: str
    key: str
    sha256: str
    size: int
    built: str
    sources: tuple[SourceState, ...]
    canary: CanaryResult
    checked: str = ""
    schema: int = 0

    def as_revision(self) -> AdvisoryRevision:
        """Return the revision with its sources as the last update found them."""
        return AdvisoryRevision(self.revision, self.built, starter=False, sources=self.sources)


def database_key(revision: str) -> str:
    """Return the key of the object that holds a revision."""
    return f"advisories/{revision}/advisories.sqlite.zst"


def read_current(objects: ObjectStore) -> CurrentAdvisories | None:
    """Return what names the current database, None before the first update.

    Raises AdvisoryDatabaseError where it is damaged, StoreError where the store cannot be read.
    """
    body = objects.get(CURRENT_KEY)
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=CurrentAdvisories)
    except msgspec.DecodeError as error:
        raise AdvisoryDatabaseError(f"the record of the current advisories is damaged: {error}") from error


def current_revision(objects: ObjectStore) -> AdvisoryRevision | None:
    """Return which database is current without loading it; None while the starter set stands in."""
    current = read_current(objects)
    return current.as_revision() if current is not None else None
