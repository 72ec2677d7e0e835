"""Fetch the advisory sources, build a database, try it on known packages, and make it the current one."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import msgspec
import zstandard

from pratique.advisories.build import Fresh, Kept, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import SOURCES, Format, Source
from pratique.advisories.starter import starter_database
from pratique.errors import AdvisoryDatabaseError, FeedError
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.clock import Clock
from pratique.ports.feeds import Feed, Fetched
from pratique.ports.objects import ObjectStore
from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.canary import CanaryResult, watch_canary
from pratique.services.fetch_updates import fetch_updates

_log = logging.getLogger(__name__)

CURRENT_KEY = "advisories/current.json"
"""The object that names the current database."""


class CurrentAdvisories(msgspec.Struct, frozen=True):
    """What `CURRENT_KEY` holds: where the current database lies, what is in it and how it was tried.

    ``sha256`` is that of the database file itself, ``size`` its bytes; ``key`` holds it compressed with zstd.
    """

    revision: str
    key: str
    sha256: str
    size: int
    built: str
    sources: tuple[SourceState, ...]
    canary: CanaryResult


@dataclass(frozen=True, slots=True)
class UpdateOutcome:
    """How an update ended.

    ``promoted`` says whether there is a new current database; where not, ``detail`` says why the last one stays.
    ``previous`` is the revision before, empty where there was none.
    """

    promoted: bool
    revision: AdvisoryRevision
    previous: str
    canary: CanaryResult
    detail: str = ""


def database_key(revision: str) -> str:
    """Return the key of the object that holds a revision."""
    return f"advisories/{revision}/advisories.sqlite.zst"


def refresh(
    feed: Feed,
    target: Path,
    *,
    mirrored: bool,
    now: datetime,
    previous: SqliteDatabase | None = None,
    sources: Sequence[Source] = SOURCES,
    progress: Callable[[SourceState], None] | None = None,
) -> AdvisoryRevision:
    """Build a database in ``target`` from every source that can be fetched, and the rest from ``previous``.

    ``mirrored``: the feed has the sources under their mirror paths, else it is asked for their own addresses.
    Raises FeedError where nothing could be fetched and there is no previous database.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="feeds-") as folder:
        inputs = _fetch_each(feed, sources, Path(folder), mirrored=mirrored, now=now, previous=previous)
        revision = build_database(target, inputs, built=_stamp(now), previous=previous, progress=progress)
    if not any(state.records for state in revision.sources):
        target.unlink(missing_ok=True)
        problems = sorted({state.problem for state in revision.sources})
        raise FeedError(f"no advisory source could be read: {'; '.join(problems)[:500]}", retryable=True)
    return revision


def _fetch_each(
    feed: Feed,
    sources: Sequence[Source],
    folder: Path,
    *,
    mirrored: bool,
    now: datetime,
    previous: SqliteDatabase | None,
) -> Iterator[Fresh | Kept]:
    """Fetch each source just before it is read, and delete its file afterwards, so that one lies on disk at a time."""
    states = previous.revision.sources if previous else ()
    etags = {state.name: state.etag for state in states if state.records}
    for source in sources:
        try:
            fetched = _fetch(feed, source, folder, etags.get(source.name, ""), mirrored=mirrored)
        except FeedError as error:
            _log.info("advisory source not fetched", extra={"source": source.name, "reason": str(error)})
            yield Kept(source, str(error))
            continue
        if fetched is None:
            yield Kept(source, fetched=_stamp(now))
            continue
        yield Fresh(source, fetched.path, _stamp(now), fetched.etag)
        if fetched.path.is_relative_to(folder):
            fetched.path.unlink(missing_ok=True)


def _fetch(feed: Feed, source: Source, folder: Path, etag: str, *, mirrored: bool) -> Fetched | None:
    if mirrored:
        return feed.fetch(source.mirror_path, folder, etag)
    if source.format in (Format.UPDATEINFO, Format.UPDATEINFO_ZIP):
        return fetch_updates(feed, source, folder, etag)
    return feed.fetch(source.url, folder, etag)


@dataclass(frozen=True, slots=True)
class UpdateAdvisories:
    """Keeps the current advisory database in the object store; ``folder`` is for temporary files."""

    objects: ObjectStore
    feed: Feed
    clock: Clock
    folder: Path
    mirrored: bool = False

    def __call__(self) -> UpdateOutcome:
        """Update once.

        The last database stays current where nothing changed, or where a known finding would go missing.  Raises
        FeedError where nothing could be fetched and nothing was there before, StoreError where the store failed.
        """
        previous = _stored_database(self.objects, self.folder)
        before = previous.revision.revision if previous else ""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / "update.sqlite"
        try:
            revision = refresh(self.feed, target, mirrored=self.mirrored, now=self.clock.now(), previous=previous)
            canary = watch_canary(open_database(target), previous)
            if canary.lost:
                detail = f"known findings went missing: {', '.join(canary.lost)}"
                _log.error("advisory database not promoted", extra={"revision": revision.revision, "reason": detail})
                return UpdateOutcome(promoted=False, revision=revision, previous=before, canary=canary, detail=detail)
            if previous is not None and revision.revision != before:
                AdvisoryChanges(self.objects).put(revision.revision, previous, open_database(target))
            self._publish(target, revision, canary)
        finally:
            target.unlink(missing_ok=True)
        if revision.revision == before:
            return UpdateOutcome(
                promoted=False, revision=revision, previous=before, canary=canary, detail="nothing changed"
            )
        return UpdateOutcome(promoted=True, revision=revision, previous=before, canary=canary)

    def _publish(self, path: Path, revision: AdvisoryRevision, canary: CanaryResult) -> None:
        """Store the database and point at it, in this order, so that the pointer never names what is not there.

        Where the revision is the same as before, only ages change: the file that is stored stays.
        """
        key = database_key(revision.revision)
        last = _read_current(self.objects)
        sha256, size = _sha256(path), path.stat().st_size
        if last is not None and last.revision == revision.revision:
            sha256, size = last.sha256, last.size
        else:
            body = zstandard.compress(path.read_bytes(), level=9)
            if not self.objects.put_if_absent(key, body):
                self.objects.put(key, body)  # left by an update that did not get as far as the pointer
        current = CurrentAdvisories(
            revision=revision.revision,
            key=key,
            sha256=sha256,
            size=size,
            built=revision.built,
            sources=revision.sources,
            canary=canary,
        )
        self.objects.put(CURRENT_KEY, msgspec.json.encode(current))


def current_database(objects: ObjectStore, folder: Path) -> SqliteDatabase:
    """Open the current database, loading it into ``folder`` once per revision; the starter set where there is none.

    The file's SHA-256 is checked when it is loaded.  Raises AdvisoryDatabaseError where the stored database is
    missing, damaged or of another schema, StoreError where the store cannot be read.
    """
    stored = _stored_database(objects, folder)
    return stored if stored is not None else starter_database(folder)


def current_revision(objects: ObjectStore) -> AdvisoryRevision | None:
    """Return which database is current without loading it; None while the starter set stands in."""
    current = _read_current(objects)
    if current is None:
        return None
    return AdvisoryRevision(current.revision, current.built, starter=False, sources=current.sources)


def _stored_database(objects: ObjectStore, folder: Path) -> SqliteDatabase | None:
    current = _read_current(objects)
    if current is None:
        return None
    path = folder / f"advisories-{current.revision}.sqlite"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _load(objects, current, path)
        for other in folder.glob("advisories-*.sqlite"):
            if other != path:
                other.unlink(missing_ok=True)  # a process that reads it keeps its open file
    return open_database(path, sources=current.sources)


def _read_current(objects: ObjectStore) -> CurrentAdvisories | None:
    body = objects.get(CURRENT_KEY)
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=CurrentAdvisories)
    except msgspec.DecodeError as error:
        raise AdvisoryDatabaseError(f"the record of the current advisories is damaged: {error}") from error


def _load(objects: ObjectStore, current: CurrentAdvisories, path: Path) -> None:
    body = objects.get(current.key)
    if body is None:
        raise AdvisoryDatabaseError("the current advisory database is not in the store", path=current.key)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        unfinished = Path(part.name)
        try:
            zstandard.ZstdDecompressor().copy_stream(BytesIO(body), part)
        except zstandard.ZstdError as error:
            unfinished.unlink()
            raise AdvisoryDatabaseError(f"the advisory database is damaged: {error}", path=current.key) from error
    if _sha256(unfinished) != current.sha256:
        unfinished.unlink()
        raise AdvisoryDatabaseError("the advisory database is not the one that was stored", path=current.key)
    unfinished.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
