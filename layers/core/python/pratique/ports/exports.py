"""Where exported lists are kept for as long as somebody needs to fetch them."""

from __future__ import annotations

from typing import Protocol


class ExportStore(Protocol):
    """Files that are handed out by link."""

    def put(self, name: str, body: bytes, content_type: str) -> None:
        """Store a file under its name, replacing what was there; raises StoreError."""
        ...

    def link(self, name: str, seconds: int) -> str:
        """Return an address that answers the file to whoever has it, for so many seconds."""
        ...
