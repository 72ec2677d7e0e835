"""Fetch the advisory sources, build a database, try it on known packages, and make it the current one."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from msgspec import Struct

from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.schema import SCHEMA_VERSION
from pratique.errors import AdvisoryDatabaseError
from pratique.ports.advisories import AdvisoryRevision
from pratique.ports.clock import Clock
from pratique.ports.feeds import Feed
from pratique.ports.objects import ObjectStore
from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.advisory_history import AdvisoryHistory
from pratique.services.advisory_record import CURRENT_KEY, CanaryResult, CurrentAdvisories, read_current
from pratique.services.canary import watch_canary
from pratique.services.current_advisories import load_database
from pratique.services.refresh_database import LastDatabase, refresh
from pratique.services.store_database import store_database

_log = logging.getLogger(__name__)


class UpdateOutcome(Struct, frozen=True):
    """How an update ended.

    ``promoted`` says whether there is a new current database; where not, ``detail`` says why the last one stays, and
    ``held_back`` that there was a new one which did not pass.  ``previous`` is the revision before, empty where there
    was none.
    """

    promoted: bool
    revision: AdvisoryRevision
    previous: str
    canary: CanaryResult
    detail: str = ""
    held_back: bool = False


class UpdateAdvisories(Struct, frozen=True):
    """Keeps the current advisory database in the object store; ``folder`` is for temporary files."""

    objects: ObjectStore
    feed: Feed
    clock: Clock
    folder: Path
    mirrored: bool = False

    def __call__(self) -> UpdateOutcome:
        """Update once.

        The last database stays current where nothing changed, or where a known finding would go missing.  One of
        another schema, or that cannot be loaded, is replaced whatever has changed.  Raises FeedError where nothing
        could be fetched and nothing was there before, StoreError where the store failed.
        """
        current = read_current(self.objects)
        if current is None or current.schema != SCHEMA_VERSION:
            return self._update(current, None)
        try:
            return self._update(current, _Last(self.objects, current, self.folder))
        except AdvisoryDatabaseError as error:
            _log.error(
                "the stored advisory database is lost", extra={"revision": current.revision, "reason": str(error)}
            )
            return self._update(current, None)

    def _update(self, current: CurrentAdvisories | None, last: _Last | None) -> UpdateOutcome:
        """Update with the data of ``last`` where sources have nothing new, without any where it is None."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / "update.sqlite"
        try:
            refreshed = refresh(
                self.feed,
                target,
                mirrored=self.mirrored,
                now=self.clock.now(),
                last=LastDatabase(last.current.as_revision(), last.open) if last else None,
            )
            if last is None or (refreshed.rebuilt and refreshed.revision.revision != last.current.revision):
                return self._try(target, refreshed.revision, current, last)
            return self._renew(last.current, refreshed.revision)
        finally:
            target.unlink(missing_ok=True)

    def _try(
        self, target: Path, revision: AdvisoryRevision, current: CurrentAdvisories | None, last: _Last | None
    ) -> UpdateOutcome:
        """Promote the new database unless a known finding goes missing."""
        new = open_database(target)
        before = current.revision if current else ""
        canary = watch_canary(new, current.canary.found if current else ())
        if canary.lost:
            detail = f"known findings went missing: {', '.join(canary.lost)}"
            _log.error("advisory database not promoted", extra={"revision": revision.revision, "reason": detail})
            return UpdateOutcome(
                promoted=False, revision=revision, previous=before, canary=canary, detail=detail, held_back=True
            )
        if last is not None:
            AdvisoryChanges(self.objects).put(revision.revision, last.open(), new)
        self._publish(target, revision, canary)
        return UpdateOutcome(promoted=True, revision=revision, previous=before, canary=canary)

    def _publish(self, path: Path, revision: AdvisoryRevision, canary: CanaryResult) -> None:
        """Store the database and point at it, in this order, so that the pointer never names what is not there."""
        current = store_database(self.objects, path, revision, canary, now=self.clock.now())
        self.objects.put(CURRENT_KEY, msgspec.json.encode(current))
        AdvisoryHistory(self.objects).add(current, self.clock.now())

    def _renew(self, current: CurrentAdvisories, revision: AdvisoryRevision) -> UpdateOutcome:
        """Keep the stored database and write how its sources stand now."""
        renewed = msgspec.structs.replace(current, sources=revision.sources, checked=self._now())
        self.objects.put(CURRENT_KEY, msgspec.json.encode(renewed))
        return UpdateOutcome(
            promoted=False,
            revision=revision,
            previous=current.revision,
            canary=current.canary,
            detail="nothing changed",
        )

    def _now(self) -> str:
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


class _Last(Struct):
    """The stored database before, loaded once and only when it is asked for."""

    objects: ObjectStore
    current: CurrentAdvisories
    folder: Path
    _opened: SqliteDatabase | None = None

    def open(self) -> SqliteDatabase:
        if self._opened is None:
            self._opened = load_database(self.objects, self.current, self.folder)
        return self._opened
