"""Which form the stored items have, so that an upgrade can bring them to its own."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class SchemaStore(Protocol):
    """The schema's version in the tables, and who is at work on it.

    A table that no version of this program has marked has version 0.
    """

    def version(self) -> int:
        """Return the version that the tables have; raises StoreError."""
        ...

    def begin(self, owner: str, *, now: datetime, seconds: int) -> bool:
        """Take the work of migrating for some seconds; False where another owner has it and its time is not up."""
        ...

    def reached(self, version: int, owner: str) -> bool:
        """Mark a version as reached; False where the work was taken by another owner meanwhile."""
        ...

    def end(self, owner: str) -> None:
        """Give the work back, if the owner still has it."""
        ...
