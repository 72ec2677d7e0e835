"""The store of the allow-list."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pratique.model.allow_list import AllowListEntry, EntryState


class AllowList(Protocol):
    """Every entry that was ever made; removed ones are kept, for they say who wanted what.

    Entries act where images are judged.  So each one also remembers the state that images were last judged in, and
    when.
    """

    def entries(self) -> tuple[AllowListEntry, ...]:
        """Return every entry, newest first."""
        ...

    def get(self, entry_id: str) -> AllowListEntry | None:
        """Return one entry, or None."""
        ...

    def add(self, entry: AllowListEntry) -> bool:
        """Store a new entry; return False and change nothing where its id exists."""
        ...

    def remove(self, entry_id: str, *, by: str, now: datetime) -> AllowListEntry | None:
        """Return the entry as a removed one, as which it is kept; None for an unknown id.

        Who removed it first stays named.
        """
        ...

    def judged(self, entry_id: str, state: EntryState, at: datetime) -> None:
        """Record that every image it can concern was judged from ``at`` on with the entry in this state."""
        ...

    def waiting(self, now: datetime, *, margin_seconds: int) -> tuple[AllowListEntry, ...]:
        """Return the entries whose present state images were not judged in yet.

        An entry whose images were judged within ``margin_seconds`` of its last change is among them: an assessment that
        was under way may have read the list before the change and become visible after.
        """
        ...
