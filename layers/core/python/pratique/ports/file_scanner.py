"""The malware detectors as the layer pass sees them."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from pratique.model.coverage import LeftOutFiles, ReasonCode
from pratique.model.sample import FileMatch, ScannedFile


class FileScan(Struct, frozen=True, gc=False):
    """What came of one file of a layer.

    ``files`` holds the file itself first, then what of it was looked at where it is an archive; ``reasons`` says
    what could not be looked at, each a code and words that name the place inside an archive.
    """

    files: tuple[ScannedFile, ...]
    matches: tuple[FileMatch, ...] = ()
    reasons: tuple[tuple[ReasonCode, str], ...] = ()
    left_out: tuple[LeftOutFiles, ...] = ()


class FileScanner(Protocol):
    """Looks at the content of single files."""

    @property
    def revision(self) -> str:
        """Which detectors with which rules this is: the same revision finds the same."""
        ...

    @property
    def max_bytes(self) -> int:
        """The largest file, in bytes, that it may be given."""
        ...

    def wants(self, path: str, size: int, head: bytes) -> bool:
        """Whether a file is worth scanning; ``path`` has no leading ``/``, ``head`` is its first 512 bytes."""
        ...

    def scan(self, path: str, mode: int, body: bytes) -> FileScan:
        """Return what was found in one file; whatever goes wrong is among its reasons."""
        ...
