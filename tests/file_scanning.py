"""Single files through the malware detectors."""

from __future__ import annotations

from pratique.model.sample import FileMatch
from pratique.ports.file_scanner import FileScanner


def match_of(scanner: FileScanner, path: str, body: bytes, *, mode: int = 0o644) -> FileMatch | None:
    """Return what was found in one file itself, None where nothing was; nothing may go wrong."""
    scan = scanner.scan(path, mode, body)
    assert scan.reasons == ()
    return next((match for match in scan.matches if not match.member), None)
