"""What the malware detectors said of one layer's files, and what they left out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pratique.inventory.owned_paths import COMPARED_TYPES, SET_ID, is_compared, is_hashed
from pratique.inventory.reason_list import ReasonList
from pratique.model.coverage import LeftOut, LeftOutFiles
from pratique.model.sample import FileMatch, ScannedFile
from pratique.ports.file_scanner import FileScan, FileScanner, OfferedFile

if TYPE_CHECKING:  # whoever counts what was left out has no tar to read
    from pratique.archive.tar import TarEntry

_DEBIAN_FOLDER = "-linux-gnu"
_NOT_SELECTED = LeftOut.NOT_SELECTED  # as a constant: before Python 3.12, finding a member by its name is a call
_MOST_WAITING = 256
_MOST_WAITING_BYTES = 2 << 20


class ScannedFiles:
    """Gives files to the scanner and keeps, by path, what it says of those that are still there."""

    def __init__(self, scanner: FileScanner, reasons: ReasonList) -> None:
        """Begin with nothing."""
        self._scanner = scanner
        self._reasons = reasons
        self._scans: dict[str, FileScan] = {}
        self._left_out = LeftOutCount()
        self._waiting: list[tuple[OfferedFile, TarEntry, Callable[[FileScan], None]]] = []
        self._waiting_bytes = 0
        self.max_bytes = scanner.max_bytes
        self.files_scanned = 0
        self.bytes_scanned = 0

    @property
    def matches(self) -> tuple[FileMatch, ...]:
        """Every match, in the order of the layer's entries."""
        return tuple(match for scan in self._scans.values() for match in scan.matches)

    @property
    def scanned(self) -> tuple[ScannedFile, ...]:
        """Every file that was looked at, those inside archives after their archive."""
        return tuple(file for scan in self._scans.values() for file in scan.files)

    @property
    def left_out(self) -> tuple[LeftOutFiles, ...]:
        """How many files, and bytes, were not looked at, by cause."""
        return self._left_out.all()

    def wants(self, path: str, size: int, head: bytes) -> bool:
        """Whether the scanner wants the file; the layer's file is counted where it does not."""
        if self._scanner.wants(path, size, head):
            return True
        if size:
            self._left_out.add(_NOT_SELECTED, 1, size)
        return False

    def wants_link(self, path: str, size: int, head: bytes) -> bool:
        """Whether the scanner wants at ``path`` a content that was counted at another path."""
        return self._scanner.wants(path, size, head)

    def over_limit(self, size: int) -> None:
        """Count a file that was wanted and is too large."""
        self._left_out.add(LeftOut.OVER_LIMIT, 1, size)

    def scan(self, path: str, entry: TarEntry, body: bytes, keep: Callable[[FileScan], None]) -> None:
        """Scan the content of ``entry``, which lies at ``path``, some time before the end of the next `finish`.

        Then ``keep`` is given what was found.  Files wait for each other, as the scanner looks through several in less
        time.
        """
        self._waiting.append((OfferedFile(path, entry.mode, body), entry, keep))
        self._waiting_bytes += len(body)
        if len(self._waiting) >= _MOST_WAITING or self._waiting_bytes >= _MOST_WAITING_BYTES:
            self.finish()

    def finish(self) -> None:
        """Scan the files that wait."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if waiting:
            scans = self._scanner.scan([file for file, _, _ in waiting])
            for (file, entry, keep), scan in zip(waiting, scans, strict=True):
                keep(self._kept(file, entry, scan))

    def _kept(self, file: OfferedFile, entry: TarEntry, scan: FileScan) -> FileScan:
        path = file.path
        scan = _with_checksums(scan, path, file.body)
        if file.mode & SET_ID and scan.files:
            uid, gid = entry.owner
            scan = replace(scan, files=(replace(scan.files[0], uid=uid, gid=gid), *scan.files[1:]))
        self._scans[path] = scan
        for code, detail in scan.reasons:
            self._reasons.add(code, detail, path)
        self._left_out.add_all(scan.left_out)
        for found in scan.files:
            self.files_scanned += 1
            self.bytes_scanned += found.size
        return scan

    def link(self, path: str, scan: FileScan) -> None:
        """Say that ``path`` has the content that ``scan`` is of."""
        self._scans[path] = FileScan(
            files=tuple(replace(file, path=path) for file in scan.files),
            matches=tuple(replace(match, path=path) for match in scan.matches),
        )

    def forget(self, path: str) -> None:
        """Drop what was said of a file that a later entry has replaced."""
        self.finish()
        self._scans.pop(path, None)


def _with_checksums(scan: FileScan, path: str, body: bytes) -> FileScan:
    """Add the hashes that package managers keep, where a system package's program or script may lie.

    SHA-256 is there for all; MD5 is dpkg's, and SHA-1 apk's, which never uses Debian's folders by architecture.
    """
    file = scan.files[0] if scan.files else None
    if file is None or file.type not in COMPARED_TYPES or not (is_compared(path) and is_hashed(path, file.size)):
        return scan
    sha1 = "" if _DEBIAN_FOLDER in path else hashlib.sha1(body, usedforsecurity=False).hexdigest()
    file = replace(file, md5=file.md5 or hashlib.md5(body, usedforsecurity=False).hexdigest(), sha1=file.sha1 or sha1)
    return replace(scan, files=(file, *scan.files[1:]))


class LeftOutCount:
    """Adds up files and bytes by cause."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._counts: dict[LeftOut, list[int]] = {}

    def add(self, why: LeftOut, files: int, size: int) -> None:
        """Add ``files`` of ``size`` bytes together."""
        count = self._counts.setdefault(why, [0, 0])
        count[0] += files
        count[1] += size

    def add_all(self, others: Iterable[LeftOutFiles]) -> None:
        """Add counts of others."""
        for one in others:
            self.add(one.why, one.files, one.bytes)

    def all(self) -> tuple[LeftOutFiles, ...]:
        """Return the counts in the order of `LeftOut`."""
        return tuple(LeftOutFiles(why, *self._counts[why]) for why in LeftOut if why in self._counts)
