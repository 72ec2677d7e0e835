"""Builds an advisory database file from fetched feed files and, for the rest, from the last database."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct, structs

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


class Fresh(Struct, frozen=True):
    """A source whose file was fetched: where it lies, when it was fetched (RFC 3339) and its validator."""

    source: Source
    path: Path
    fetched: str
    etag: str = ""


class Kept(Struct, frozen=True):
    """A source that is taken over from the last database.

    ``problem`` says why it could not be fetched, ``absent`` that the mirror does not have it; without a problem it is
    unchanged since, as was seen at ``fetched``, and ``etag`` is its validator now.
    """

    source: Source
    problem: str = ""
    fetched: str = ""
    etag: str = ""
    absent: bool = False


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
    is listed and stops nothing.  Only files that were fetched are read.  The revision is a hash of what was read: the
    same data has the same revision.  ``progress`` is called after each source.  Raises AdvisoryDatabaseError where the
    file cannot be written.
    """
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}", uri=True, isolation_level=None)
    states = []
    try:
        staging = Staging(connection)
        kept = []
        for entry in inputs:
            staging.number(entry.source.name)
            state, taken_over = _add(staging, entry, last_state(entry.source, previous))
            states.append(state)
            if taken_over and state.records:
                kept.append(state.name)
            if progress is not None:
                progress(state)
        if kept and previous is not None:
            staging.copy_sources(previous, kept)
        revision = f"{'starter-' if starter else ''}{_hash_of_all(states)}"
        meta = {"revision": revision, "built": built, "starter": "1" if starter else "0"}
        staging.pack(meta=meta, sources=states)
    except sqlite3.DatabaseError as error:
        raise AdvisoryDatabaseError(f"the advisory database cannot be written: {error}", path=str(path)) from error
    finally:
        connection.close()
    return AdvisoryRevision(revision, built, starter, tuple(sorted(states, key=lambda state: state.name)))


def last_state(source: Source, previous: SqliteDatabase | None) -> SourceState | None:
    """Return how a source that has records stands in the last database, None where it has none there."""
    states = previous.revision.sources if previous else ()
    return next((state for state in states if state.name == source.name and state.records), None)


def kept_state(entry: Kept, last: SourceState | None) -> SourceState:
    """Return how a source that is taken over stands: stale where its file could not be had, with the reason.

    A mirror that never had the file makes it absent, which is no failure; one that had it and lacks it now, both.
    """
    if last is None:
        problem = entry.problem or "never fetched"
        return SourceState(entry.source.name, 0, 0, "", stale=not entry.absent, problem=problem, absent=entry.absent)
    return structs.replace(
        last,
        fetched=entry.fetched or last.fetched,
        etag=entry.etag or last.etag,
        stale=bool(entry.problem),
        absent=entry.absent,
        problem=entry.problem,
    )


def _add(staging: Staging, entry: Fresh | Kept, last: SourceState | None) -> tuple[SourceState, bool]:
    """Add one source; return its state and whether its data must be taken over from the last database."""
    if isinstance(entry, Kept):
        return kept_state(entry, last), True
    staging.begin()
    try:
        counted = read_source(staging, entry.source, entry.path)
        _check_size(counted, last)
    except FeedError as error:
        staging.undo()
        _log.info("advisory source not read", extra={"source": entry.source.name, "reason": str(error)})
        return kept_state(Kept(entry.source, str(error)), last), True
    staging.add_refused(entry.source.name, counted.refused)
    staging.keep()
    return SourceState(
        name=entry.source.name,
        records=counted.records,
        refused=len(counted.refused),
        fetched=entry.fetched,
        modified=counted.modified,
        etag=entry.etag,
        size=entry.path.stat().st_size,
        content=hash_of(entry.path),
    ), False


def _check_size(counted: Counted, last: SourceState | None) -> None:
    if not counted.records:
        raise FeedError("no record in it could be read")
    if last and last.records >= _MIN_COMPARED and counted.records <= last.records * LEAST_SHARE:
        raise FeedError(f"it holds {counted.records} records, last time {last.records}")


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_of_all(states: Iterable[SourceState]) -> str:
    hasher = hashlib.sha256(f"schema {SCHEMA_VERSION}\n".encode())
    for state in states:
        hasher.update(f"{state.name}\t{state.content}\n".encode())
    return hasher.hexdigest()[:20]
