"""The allow-list: which malicious samples are wanted, by content or by rule and path, since when and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.path_glob import path_fits
from pratique.model.sample import RuleMatch


class EntryState(StrEnum):
    """Whether an entry keeps samples quiet."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REMOVED = "removed"


class AllowListEntry(Struct, frozen=True):
    """One entry: either ``sha256`` is set, or ``rule`` and ``path`` are.

    ``sha256`` is the key of a sample.  ``rule`` is a rule's name, alone or as ``<pack>/<rule>``; ``path`` a
    glob as in `path_fits`.
    ``owner`` answers for the entry, ``added_by`` made it.  It ends at ``expires`` (None: never), or when it is removed.
    """

    id: str
    reason: str
    owner: str
    added_by: str
    added_at: datetime
    sha256: str = ""
    rule: str = ""
    path: str = ""
    expires: datetime | None = None
    removed_by: str = ""
    removed_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raise InvalidValue for an entry that is about neither a sample nor a rule and a path."""
        if bool(self.sha256) == bool(self.rule and self.path) or bool(self.rule) != bool(self.path):
            raise InvalidValue("an allow-list entry names either a sample, or a rule and a path")

    def state(self, now: datetime) -> EntryState:
        """Return the state at a moment."""
        if self.removed_at is not None:
            return EntryState.REMOVED
        return EntryState.EXPIRED if self.expires is not None and self.expires <= now else EntryState.ACTIVE

    def covers(self, match: RuleMatch, path: str) -> bool:
        """Whether the entry keeps this rule quiet at ``path``; never for an entry about a sample."""
        return self.rule in (match.rule, match.key) and path_fits(self.path, path)
