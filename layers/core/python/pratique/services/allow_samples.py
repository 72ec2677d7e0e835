"""Deciding about samples, and keeping the allow-list: what people do with what was found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from pratique.errors import InvalidValue, StoreError
from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.model.processing import ProcessingStatus
from pratique.model.scan_id import scan_id
from pratique.ports.allow_list import AllowList
from pratique.ports.clock import Clock
from pratique.ports.queries import Library, SampleFacts

_NOTE_CHARACTERS = 2000

_log = logging.getLogger(__name__)


class WantedEntry(Struct, frozen=True):
    """An entry as somebody asks for it; ``owner`` is whoever asks where it is empty."""

    reason: str
    owner: str = ""
    sha256: str = ""
    rule: str = ""
    path: str = ""
    expires: datetime | None = None


class AllowSamples(Struct, frozen=True):
    """Records decisions, and lets ``judge_again`` begin where they change what is quiet.

    The status ``allowlisted`` and an active entry for the sample go together: either brings the other.
    """

    allow_list: AllowList
    library: Library
    clock: Clock
    judge_again: Callable[[], None]

    def decide(
        self, sha256: str, status: ProcessingStatus, *, by: str, note: str, expected_version: int | None = None
    ) -> SampleFacts | None:
        """Record what ``by`` decided about a sample; None for one that was never found.

        Raises InvalidValue for a note of more than 2000 characters or for an allow-listing without one, and Conflict
        where ``expected_version`` is given and somebody else has decided since.
        """
        if len(note) > _NOTE_CHARACTERS:
            raise InvalidValue(f"a note has at most {_NOTE_CHARACTERS} characters")
        if status is ProcessingStatus.ALLOWLISTED and not note.strip():
            raise InvalidValue("an allow-listed sample needs a note that says why")
        now = self.clock.now()
        facts = self.library.decide(sha256, status, by=by, note=note, now=now, expected_version=expected_version)
        if facts is None:
            return None
        active = self._active(sha256, now)
        if status is ProcessingStatus.ALLOWLISTED and not active:
            self._store(WantedEntry(note, sha256=sha256), by=by, now=now, seed=f"{sha256} {facts.decision.version}")
        elif status is not ProcessingStatus.ALLOWLISTED and active:
            for entry in active:
                self.allow_list.remove(entry.id, by=by, now=now)
            self._begin()
        return facts

    def add(self, wanted: WantedEntry, *, by: str, seed: str) -> AllowListEntry:
        """Add an entry; the same ``seed`` at the same moment is the same entry.

        Raises InvalidValue for one without a reason, with an end that is past, or that names neither a sample nor a
        rule and a path.
        """
        now = self.clock.now()
        if not wanted.reason.strip():
            raise InvalidValue("an allow-list entry needs a reason")
        if wanted.expires is not None and wanted.expires <= now:
            raise InvalidValue("the entry would have ended already: `expires` must lie ahead")
        entry = self._store(wanted, by=by, now=now, seed=seed)
        if entry.sha256:
            note = f"allow-list entry {entry.id}: {entry.reason}"[:_NOTE_CHARACTERS]
            self.library.decide(entry.sha256, ProcessingStatus.ALLOWLISTED, by=by, note=note, now=now)
        return entry

    def remove(self, entry_id: str, *, by: str) -> AllowListEntry | None:
        """End an entry, which stays listed as removed; None for an unknown one."""
        now = self.clock.now()
        entry = self.allow_list.remove(entry_id, by=by, now=now)
        if entry is None:
            return None
        self.end(entry, by=by, note=f"allow-list entry {entry.id} was removed")
        self._begin()
        return entry

    def end(self, entry: AllowListEntry, *, by: str, note: str) -> None:
        """Make the sample of an entry that ended unhandled, unless another entry or decision stands for it."""
        now = self.clock.now()
        known = self.library.samples().get(entry.sha256) if entry.sha256 else None
        if known and known.decision.status is ProcessingStatus.ALLOWLISTED and not self._active(entry.sha256, now):
            self.library.decide(entry.sha256, ProcessingStatus.UNHANDLED, by=by, note=note, now=now)

    def _active(self, sha256: str, now: datetime) -> list[AllowListEntry]:
        return [
            entry
            for entry in self.allow_list.entries()
            if entry.sha256 == sha256 and entry.state(now) is EntryState.ACTIVE
        ]

    def _store(self, wanted: WantedEntry, *, by: str, now: datetime, seed: str) -> AllowListEntry:
        entry = AllowListEntry(
            id=scan_id(now, f"allow {seed}"),
            reason=wanted.reason,
            owner=wanted.owner or by,
            added_by=by,
            added_at=now,
            sha256=wanted.sha256,
            rule=wanted.rule,
            path=wanted.path.removeprefix("/"),
            expires=wanted.expires,
        )
        self.allow_list.add(entry)
        self._begin()
        return entry

    def _begin(self) -> None:
        try:
            self.judge_again()
        except StoreError as error:
            # The hourly run finds every entry that images were not judged with.
            _log.warning("images are judged again later", extra={"reason": str(error)})
