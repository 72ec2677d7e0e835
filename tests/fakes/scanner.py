"""Malware detectors of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pratique.ports.file_scanner import FileScan, OfferedFile


def _nothing(_path: str) -> FileScan:
    return FileScan(())


@dataclass(frozen=True)
class FakeScanner:
    """Wants the files that end in ``ending`` (None: no file) and answers each with ``answer``, or with ``scanned``."""

    ending: str | None = None
    answer: Callable[[str], FileScan] = _nothing
    max_bytes: int = 1 << 20
    revision: str = "fake"
    scanned: Callable[[str, int, bytes], FileScan] | None = None

    def wants(self, path: str, size: int, head: bytes) -> bool:
        return self.ending is not None and path.endswith(self.ending)

    def scan(self, files: Sequence[OfferedFile]) -> list[FileScan]:
        return [self._scan(file) for file in files]

    def _scan(self, file: OfferedFile) -> FileScan:
        return self.scanned(file.path, file.mode, file.body) if self.scanned else self.answer(file.path)
