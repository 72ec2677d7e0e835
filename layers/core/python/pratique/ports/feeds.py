"""Where advisory sources are fetched from: their hosts, a mirror, a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from msgspec import Struct


class Fetched(Struct, frozen=True):
    """One fetched file: where it lies now, its validator for the next call and its size in bytes."""

    path: Path
    etag: str
    size: int


class Feed(Protocol):
    """Fetches one source's file."""

    def fetch(self, location: str, into: Path, etag: str = "") -> Fetched | None:
        """Fetch ``location`` into the folder ``into``; return None where it is still what ``etag`` names.

        ``location`` is relative to the mirror, or a whole URL.  When this returns the file is complete.
        Raises SourceAbsent where a mirror does not have it, FeedError where it is cut short or unreachable.
        """
        ...
