"""Ask every advisory source what is new and, where anything is, build a database of it and of the last one."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from msgspec import Struct, structs

from pratique.advisories.build import Fresh, Kept, build_database, hash_of, kept_state
from pratique.advisories.database import SqliteDatabase
from pratique.advisories.sources import SOURCES, Format, Source
from pratique.errors import FeedError, SourceAbsent
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.feeds import Feed, Fetched
from pratique.services.fetch_updates import fetch_updates

_log = logging.getLogger(__name__)


class Refreshed(Struct, frozen=True):
    """The revision with its sources as they stand now, and whether a database was built for it."""

    revision: AdvisoryRevision
    rebuilt: bool


class LastDatabase(Struct, frozen=True):
    """The database before: what is known of it, and how to open it, which is done only where something is new."""

    revision: AdvisoryRevision
    open: Callable[[], SqliteDatabase]


def refresh(
    feed: Feed,
    target: Path,
    *,
    mirrored: bool,
    now: datetime,
    last: LastDatabase | None = None,
    sources: Sequence[Source] = SOURCES,
    progress: Callable[[SourceState], None] | None = None,
) -> Refreshed:
    """Build a database in ``target`` from every source that has something new, and the rest from the last one.

    Where no source has, nothing is read or written, and only the sources' ages are new.  ``mirrored``: the feed has
    the sources under their mirror paths, else it is asked for their own addresses.  Raises FeedError where nothing
    could be fetched and there is no last database.
    """
    known = {state.name: state for state in last.revision.sources if state.records} if last else {}
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="feeds-") as folder:
        inputs = _fetch_each(feed, sources, Path(folder), known, mirrored=mirrored, now=now)
        unchanged: list[Kept] = []
        for entry in inputs:
            if isinstance(entry, Fresh):
                previous = last.open() if last else None
                entries = chain(unchanged, [entry], inputs)
                revision = build_database(target, entries, built=_stamp(now), previous=previous, progress=progress)
                if not any(state.records for state in revision.sources):
                    target.unlink(missing_ok=True)
                    raise _nothing_read(revision.sources)
                return Refreshed(revision, rebuilt=True)
            unchanged.append(entry)
    states = tuple(kept_state(entry, known.get(entry.source.name)) for entry in unchanged)
    if last is None:
        raise _nothing_read(states)
    ordered = tuple(sorted(states, key=lambda state: state.name))
    return Refreshed(structs.replace(last.revision, sources=ordered), rebuilt=False)


def _nothing_read(states: Sequence[SourceState]) -> FeedError:
    problems = sorted({state.problem for state in states})
    return FeedError(f"no advisory source could be read: {'; '.join(problems)[:500]}", retryable=True)


def _fetch_each(
    feed: Feed,
    sources: Sequence[Source],
    folder: Path,
    known: Mapping[str, SourceState],
    *,
    mirrored: bool,
    now: datetime,
) -> Iterator[Fresh | Kept]:
    """Fetch each source just before it is read, and delete its file afterwards, so that one lies on disk at a time."""
    for source in sources:
        state = known.get(source.name)
        try:
            fetched = _fetch(feed, source, folder, state.etag if state else "", mirrored=mirrored)
        except FeedError as error:
            absent = isinstance(error, SourceAbsent)
            if not absent:
                _log.info("advisory source not fetched", extra={"source": source.name, "reason": str(error)})
            yield Kept(source, str(error), absent=absent)
            continue
        if fetched is None:
            yield Kept(source, fetched=_stamp(now))
            continue
        # A server may give no validator, or another one for the same content.
        if state is not None and state.content == hash_of(fetched.path):
            yield Kept(source, fetched=_stamp(now), etag=fetched.etag)
        else:
            yield Fresh(source, fetched.path, _stamp(now), fetched.etag)
        if fetched.path.is_relative_to(folder):
            fetched.path.unlink(missing_ok=True)


def _fetch(feed: Feed, source: Source, folder: Path, etag: str, *, mirrored: bool) -> Fetched | None:
    if mirrored:
        return feed.fetch(source.mirror_path, folder, etag)
    if source.format in (Format.UPDATEINFO, Format.UPDATEINFO_ZIP):
        return fetch_updates(feed, source, folder, etag)
    return feed.fetch(source.url, folder, etag)


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
