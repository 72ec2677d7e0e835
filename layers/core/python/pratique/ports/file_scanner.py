"""The malware scanner as the layer pass sees it."""

from __future__ import annotations

from typing import Protocol

from pratique.model.sample import FileMatch


class FileScanner(Protocol):
    """Looks at the content of single files."""

    @property
    def revision(self) -> str:
        """Which rule set this is."""
        ...

    @property
    def max_bytes(self) -> int:
        """The largest file, in bytes, that it may be given."""
        ...

    def wants(self, path: str, mode: int, size: int, head: bytes) -> bool:
        """Whether a file is worth scanning; ``path`` has no leading ``/``, ``head`` is its first 512 bytes."""
        ...

    def scan(self, path: str, body: bytes) -> FileMatch | None:
        """Return what was found in one file, None where nothing was.

        Raises RulesError where the file could not be scanned to its end.
        """
        ...
