"""The revisions of the advisory database that are still kept, and which of them was current at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.schema import SCHEMA_VERSION
from pratique.errors import AdvisoryDatabaseError, InvalidValue
from pratique.ports.objects import ObjectStore
from pratique.services.advisory_record import CurrentAdvisories
from pratique.services.current_advisories import load_database

HISTORY_KEY = "advisories/history.json"
"""The object that lists the kept revisions."""

_REVISION = re.compile(r"[0-9a-f]{20}")


class RevisionNotKept(InvalidValue):
    """No advisory database is kept that was current at the time asked for, or that has the revision."""


class KeptRevision(msgspec.Struct, frozen=True):
    """One database: ``since`` when it became current, ``until`` when another did (empty: it is the last one)."""

    since: datetime
    database: CurrentAdvisories
    until: datetime | None = None

    @property
    def revision(self) -> str:
        """Which revision it is."""
        return self.database.revision


class KeepingRule(Struct, frozen=True):
    """Which revisions stay: all of the last ``days``, and of each of the ``months`` before the last one."""

    days: int = 14
    months: int = 12

    def kept(self, revisions: Sequence[KeptRevision], now: datetime) -> tuple[KeptRevision, ...]:
        """Return those that stay; the current one always does."""
        recent = now - timedelta(days=self.days)
        oldest = now - timedelta(days=self.days + 31 * self.months)
        last_of_month = {(one.since.year, one.since.month): one.revision for one in revisions}
        return tuple(
            one
            for one in revisions
            if one.until is None
            or one.until >= recent
            or (one.since >= oldest and last_of_month[one.since.year, one.since.month] == one.revision)
        )


class AdvisoryHistory(Struct, frozen=True):
    """The kept revisions in an object store.  One update at a time writes it."""

    objects: ObjectStore
    rule: KeepingRule = KeepingRule()

    def add(self, database: CurrentAdvisories, now: datetime) -> None:
        """Add the revision that has just become current, and forget those that need not stay."""
        revisions = [
            msgspec.structs.replace(one, until=one.until or now)
            for one in self.revisions()
            if one.revision != database.revision or one.until is not None
        ]
        revisions.append(KeptRevision(now, database))
        kept = self.rule.kept(revisions, now)
        self.objects.put(HISTORY_KEY, msgspec.json.encode(kept))
        still = {one.database.key for one in kept}
        self.objects.delete(sorted({one.database.key for one in revisions} - still))

    def revisions(self) -> tuple[KeptRevision, ...]:
        """Return the kept revisions, oldest first; raises AdvisoryDatabaseError where their list is damaged."""
        body = self.objects.get(HISTORY_KEY)
        if body is None:
            return ()
        try:
            return msgspec.json.decode(body, type=tuple[KeptRevision, ...])
        except msgspec.DecodeError as error:
            raise AdvisoryDatabaseError(f"the list of kept advisory databases is damaged: {error}") from error

    def at(self, as_of: str) -> KeptRevision:
        """Return the database of a revision, or the one that was current at a date (its end, UTC) or a time (RFC 3339).

        Raises InvalidValue for what is neither, and RevisionNotKept where there is none.
        """
        revisions = self.revisions()
        if _REVISION.fullmatch(as_of):
            found = next((one for one in reversed(revisions) if one.revision == as_of), None)
        else:
            moment = moment_of(as_of)
            found = next(
                (one for one in revisions if one.since <= moment and (one.until is None or moment < one.until)), None
            )
        if found is None:
            raise RevisionNotKept(f"no advisory database of {as_of} is kept; {_told(revisions)}")
        if found.database.schema != SCHEMA_VERSION:
            raise RevisionNotKept(f"the advisory database of {as_of} is of another version of this program")
        return found

    def open(self, as_of: str, folder: Path) -> SqliteDatabase:
        """Load and open the database of `at` in ``folder``; raises as `at` does, and as `current_database`."""
        return load_database(self.objects, self.at(as_of).database, folder)


def moment_of(as_of: str) -> datetime:
    """Return the moment that a date (its end, UTC) or a time means; raises InvalidValue for what is neither."""
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError as error:
        raise InvalidValue(f"{as_of[:100]!r} is no date, time or revision of the advisory database") from error
    if len(as_of) <= len("2026-11-01"):
        return datetime.combine(moment.date(), time.max, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(revisions: Sequence[KeptRevision]) -> str:
    if not revisions:
        return "none is"
    first = revisions[0]
    return f"the oldest of {len(revisions)} is {first.revision} of {first.since:%Y-%m-%d}"
