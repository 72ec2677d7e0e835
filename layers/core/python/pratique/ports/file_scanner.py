"""The malware detectors as the layer pass sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from pratique.model.coverage import LeftOutFiles, ReasonCode
from pratique.model.sample import FileMatch, ScannedFile


class OfferedFile(Struct, frozen=True, gc=False):
    """A regular file of a layer: its path without a leading ``/``, its permission bits and its content."""

    path: str
    mode: int
    body: bytes


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

    def scan(self, files: Sequence[OfferedFile]) -> Sequence[FileScan]:
        """Return what was found in each file, in their order; whatever goes wrong is among its reasons.

        Several at once take less time than one after the other.
        """
        ...
