"""Builds an advisory database file from fetched feed files and, for the rest, from the last database."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.read_source import Counted, read_source
from pratique.advisories.schema import SCHEMA_VERSION
from pratique.advisories.sources import Source
from pratique.advisories.staging import Staging
from pratique.errors import AdvisoryDatabaseError, FeedError
from pratique.ports.advisories import AdvisoryRevision, SourceState

_log = logging.getLogger(__name__)

LEAST_SHARE = 0.1
"""A file with at most this share of the records that its source had last is taken to be broken."""

_MIN_COMPARED = 50  # a source this small may shrink as it likes


@dataclass(frozen=True, slots=True)
class Fresh:
    """A source whose file was fetched: where it lies, when it was fetched (RFC 3339) and its validator."""

    source: Source
    path: Path
    fetched: str
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A source that is taken over from the last database.

    ``problem`` says why it could not be fetched; without one it is unchanged since, as was seen at ``fetched``.
    """

    source: Source
    problem: str = ""
    fetched: str = ""


def build_database(
    path: Path,
    inputs: Iterable[Fresh | Kept],
    *,
    built: str,
    previous: SqliteDatabase | None = None,
    starter: bool = False,
    progress: Callable[[SourceState], None] | None = None,
) -> AdvisoryRevision:
    """Write a new database to ``path``, replacing what is there, and return its revision.

    ``built`` is the present time (RFC 3339).  A fetched file that cannot be read, or that holds a tenth of what its
    source held, leaves the source as ``previous`` has it, marked stale with the reason; a record that cannot be read
    is listed and stops nothing.  The revision is a hash of what was read: the same data has the same revision.
    ``progress`` is called after each source.  Raises AdvisoryDatabaseError where the file cannot be written.
    """
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    hasher = hashlib.sha256(f"schema {SCHEMA_VERSION}\n".encode())
    states = []
    try:
        staging = Staging(connection)
        for entry in inputs:
            state, content = _add(staging, entry, previous)
            hasher.update(f"{state.name}\t{content}\n".encode())
            states.append(state)
            if progress is not None:
                progress(state)
        revision = f"{'starter-' if starter else ''}{hasher.hexdigest()[:20]}"
        meta = {"revision": revision, "built": built, "starter": "1" if starter else "0"}
        staging.pack(meta=meta, sources=states)
    except sqlite3.DatabaseError as error:
        raise AdvisoryDatabaseError(f"the advisory database cannot be written: {error}", path=str(path)) from error
    finally:
        connection.close()
    return AdvisoryRevision(revision, built, starter, tuple(sorted(states, key=lambda state: state.name)))


def _add(staging: Staging, entry: Fresh | Kept, previous: SqliteDatabase | None) -> tuple[SourceState, str]:
    """Add one source; return its state and a hash of its content."""
    if isinstance(entry, Kept):
        return _keep(staging, entry, previous)
    last = _last_state(entry.source, previous)
    staging.begin()
    try:
        counted = read_source(staging, entry.source, entry.path)
        _check_size(counted, last)
    except FeedError as error:
        staging.undo()
        _log.info("advisory source not read", extra={"source": entry.source.name, "reason": str(error)})
        return _keep(staging, Kept(entry.source, str(error)), previous)
    staging.add_refused(entry.source.name, counted.refused)
    staging.keep()
    content = _hash_of(entry.path)
    return SourceState(
        name=entry.source.name,
        records=counted.records,
        refused=len(counted.refused),
        fetched=entry.fetched,
        modified=counted.modified,
        etag=entry.etag,
        size=entry.path.stat().st_size,
        content=content,
    ), content


def _check_size(counted: Counted, last: SourceState | None) -> None:
    if not counted.records:
        raise FeedError("no record in it could be read")
    if last and last.records >= _MIN_COMPARED and counted.records <= last.records * LEAST_SHARE:
        raise FeedError(f"it holds {counted.records} records, last time {last.records}")


def _keep(staging: Staging, entry: Kept, previous: SqliteDatabase | None) -> tuple[SourceState, str]:
    last = _last_state(entry.source, previous)
    if last is None or previous is None:
        return SourceState(entry.source.name, 0, 0, "", stale=True, problem=entry.problem or "never fetched"), ""
    staging.begin()
    staging.copy_source(previous, entry.source.name)
    staging.keep()
    fetched = entry.fetched or last.fetched
    state = dataclasses.replace(last, fetched=fetched, stale=bool(entry.problem), problem=entry.problem)
    return state, last.content


def _last_state(source: Source, previous: SqliteDatabase | None) -> SourceState | None:
    states = previous.revision.sources if previous else ()
    return next((state for state in states if state.name == source.name and state.records), None)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
