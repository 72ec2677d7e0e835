"""The advisory databases that the object store holds: how the current one is loaded."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import IO

import zstandard

from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.schema import SCHEMA_VERSION
from pratique.advisories.starter import starter_database
from pratique.errors import AdvisoryDatabaseError
from pratique.ports.objects import ObjectStore
from pratique.services.advisory_record import CurrentAdvisories, read_current

_PIECE = 4 * 1024 * 1024


def current_database(objects: ObjectStore, folder: Path) -> SqliteDatabase:
    """Open the current database, loading it into ``folder`` once per revision; the starter set where there is none.

    The file's SHA-256 is checked when it is loaded.  Raises AdvisoryDatabaseError where the stored database is
    missing, damaged or of another schema, StoreError where the store cannot be read.
    """
    current = read_current(objects)
    return starter_database(folder) if current is None else load_database(objects, current, folder)


def newer_database(objects: ObjectStore, folder: Path, revision: str) -> SqliteDatabase | None:
    """Return the current database where it is another than ``revision``, else None; raises as `current_database`."""
    current = read_current(objects)
    return load_database(objects, current, folder) if current is not None and current.revision != revision else None


def load_database(objects: ObjectStore, current: CurrentAdvisories, folder: Path) -> SqliteDatabase:
    """Open the database that ``current`` names; raises as `current_database` does."""
    if current.schema != SCHEMA_VERSION:
        raise AdvisoryDatabaseError(
            f"the advisory database has schema {current.schema}, this program reads {SCHEMA_VERSION}: update it",
            path=current.key,
        )
    path = folder / f"advisories-{current.revision}.sqlite"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _load(objects, current, path)
        for other in folder.glob("advisories-*.sqlite"):
            if other != path:
                other.unlink(missing_ok=True)  # a process that reads it keeps its open file
    return open_database(path, sources=current.sources)


def _load(objects: ObjectStore, current: CurrentAdvisories, path: Path) -> None:
    body = objects.get(current.key)
    if body is None:
        raise AdvisoryDatabaseError("the advisory database is not in the store", path=current.key)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        unfinished = Path(part.name)
        try:
            found = _expand(body, part)
        except zstandard.ZstdError as error:
            unfinished.unlink()
            raise AdvisoryDatabaseError(f"the advisory database is damaged: {error}", path=current.key) from error
    if found != current.sha256:
        unfinished.unlink()
        raise AdvisoryDatabaseError("the advisory database is not the one that was stored", path=current.key)
    unfinished.replace(path)


def _expand(body: bytes, into: IO[bytes]) -> str:
    """Write what ``body`` expands to, and return its SHA-256, so that the file need not be read for it."""
    hasher = hashlib.sha256()
    with zstandard.ZstdDecompressor().stream_reader(body) as reader:
        while piece := reader.read(_PIECE):
            hasher.update(piece)
            into.write(piece)
    return hasher.hexdigest()
