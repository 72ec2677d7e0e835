"""The files of one layer that somebody wants: who gets them, what they made of them, and links to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from pratique.archive.limits import Limits
from pratique.archive.tar import TarEntry
from pratique.errors import ExtractorError
from pratique.inventory.extractor import MAGIC_BYTES, Extractor, Selector
from pratique.inventory.reader_bounds import FileClock, OutOfTime
from pratique.inventory.reason_list import ReasonList
from pratique.inventory.scanned_files import ScannedFiles
from pratique.model.coverage import ReasonCode
from pratique.model.inventory import FileInventory
from pratique.ports.file_scanner import FileScan

_HEAD = 512
_MOST_KEPT = 1 << 20


class FileSource(Protocol):
    """Where the content of the file at hand comes from."""

    def head(self, size: int, /) -> bytes:
        """Return the first bytes, at most ``size``."""
        ...

    def body(self) -> bytes:
        """Return all of it; asked at most once for a file, and only after `head`."""
        ...


class _Content(Struct, gc=False):
    """What one file's content gave, at whatever paths it lies; ``body`` is there while there is room for it."""

    entry: TarEntry
    head: bytes
    body: bytes | None
    inventories: dict[str, FileInventory] = field(default_factory=dict)
    scan: FileScan | None = None

    def keep(self, scan: FileScan) -> None:
        """Take what was found in it."""
        self.scan = scan


class WantedFiles:
    """Offers files to extractors and scanner (None: to nobody) and keeps what extractors say, by path."""

    def __init__(self, selector: Selector, scanner: ScannedFiles | None, limits: Limits, reasons: ReasonList) -> None:
        """Begin with nothing."""
        self.clock = FileClock(limits.file_seconds)
        self._selector = selector
        self._scanner = scanner
        self._limits = limits
        self._reasons = reasons
        self._contents: dict[str, _Content] = {}
        self._found: dict[str, dict[str, FileInventory]] = {}
        self._companions: dict[str, bytes] = {}
        self._waiting: list[tuple[str, Extractor, bytes]] = []
        self._kept_bytes = 0

    @property
    def inventories(self) -> tuple[FileInventory, ...]:
        """What the extractors said of the files that are still there."""
        return tuple(one for of_path in self._found.values() for one in of_path.values())

    def offer(self, path: str, entry: TarEntry, source: FileSource) -> None:
        """Give the regular file ``entry``, which lies at ``path``, to whoever wants it."""
        scanner, selector, size = self._scanner, self._selector, entry.size
        head = None
        scanned = False
        if scanner is not None and size:
            head = source.head(_HEAD)
            scanned = scanner.wants(path, size, head)
        elif size >= selector.smallest_told_by_head:
            head = source.head(MAGIC_BYTES)
        wanted = selector.select(path, head)
        companion = path in selector.companions
        if not (wanted or scanned or companion):
            return
        if wanted:
            wanted = tuple([one for one in wanted if self._may_have(path, size, one.name, one.max_bytes)])
        scanned = scanned and scanner is not None and self._may_scan(path, size, scanner)
        companion = companion and self._may_have(path, size, "companion", self._limits.file_bytes)
        if not (wanted or scanned or companion):
            return
        body = source.body()
        kept = self._kept(body, self._most_kept(wanted, scanned=scanned, companion=companion))
        content = self._contents[path] = _Content(entry, body[:_HEAD], kept)
        if companion:
            self._companions[path] = body
        if wanted:
            self._extract(path, wanted, content, body)
        if scanned:
            self._scan(path, content, body)

    def link(self, path: str, target: str | None) -> None:
        """Give the content at ``target``, an earlier path of this layer, to whoever wants it at ``path`` too."""
        content = self._contents.get(target) if target is not None else None
        if content is None:
            self._link_unread(path)
            return
        self._contents[path] = content
        wanted = self._selector.select(path, content.head)
        known = [one for one in wanted if one.name in content.inventories]
        for one in known:
            self._found.setdefault(path, {})[one.name] = replace(content.inventories[one.name], path=path)
        others = tuple(one for one in wanted if one not in known)
        if content.body is not None:
            self._extract(path, others, content, content.body)
        elif others:
            self._reasons.add(ReasonCode.FILE_UNREADABLE, "a hard link to a file that was not kept", path)
        self._scan_link(path, content)

    def forget(self, paths: Iterable[str]) -> None:
        """Drop what was said of files that later entries have replaced."""
        for path in paths:
            self._contents.pop(path, None)
            self._found.pop(path, None)
            self._companions.pop(path, None)
            if self._scanner is not None:
                self._scanner.forget(path)

    def finish(self) -> None:
        """Read and scan the files that had to wait for others of the layer."""
        if self._scanner is not None:
            self._scanner.finish()
        joined: set[str] = set()
        for path, extractor, body in self._waiting:
            content = self._contents.get(path)
            if content is None:
                continue
            names = {end: path + end for end in extractor.companions if path + end in self._companions}
            joined.update(names.values())
            self._extract_one(
                path, extractor, content, body, {end: self._companions[one] for end, one in names.items()}
            )
        for path, body in self._companions.items():
            if body and path not in joined:
                self._reasons.add(ReasonCode.FILE_UNREADABLE, "a write-ahead log without its database", path)

    def _may_have(self, path: str, size: int, name: str, most: int) -> bool:
        limit = min(most, self._limits.file_bytes)
        if size > limit:
            self._reasons.add(ReasonCode.FILE_OVER_LIMIT, f"{name}: {size} bytes are over the limit of {limit}", path)
        return size <= limit

    def _may_scan(self, path: str, size: int, scanner: ScannedFiles) -> bool:
        may = self._may_have(path, size, "malware detectors", scanner.max_bytes)
        if not may:
            scanner.over_limit(size)
        return may

    def _most_kept(self, wanted: tuple[Extractor, ...], *, scanned: bool, companion: bool) -> int:
        """Return up to how many bytes a content is kept for hard links to it.

        A link is nearly always wanted by whoever has read the file, and then nothing is read again.  Only the detectors
        may have left the file out for its name and want the link for its own; and small files that are read for their
        names may have links of other such names.
        """
        if self._scanner is not None and not scanned:
            return self._limits.kept_bytes
        return _MOST_KEPT if companion or any(not one.paths.executables for one in wanted) else 0

    def _kept(self, body: bytes, most: int) -> bytes | None:
        if len(body) > most or self._kept_bytes + len(body) > self._limits.kept_bytes:
            return None
        self._kept_bytes += len(body)
        return body

    def _extract(self, path: str, wanted: tuple[Extractor, ...], content: _Content, body: bytes) -> None:
        for one in wanted:
            if one.companions:
                self._waiting.append((path, one, body))
            else:
                self._extract_one(path, one, content, body, {})

    def _extract_one(
        self, path: str, extractor: Extractor, content: _Content, body: bytes, companions: dict[str, bytes]
    ) -> None:
        try:
            found = self.clock.run(
                lambda: extractor.extract(path, body, companions) if companions else extractor.extract(path, body)
            )
        except ExtractorError as error:
            self._reasons.add(ReasonCode.FILE_UNREADABLE, error.message, path)
            return
        except (OutOfTime, MemoryError) as error:
            self._reasons.add(ReasonCode.FILE_OVER_LIMIT, f"{extractor.name}: {self._bound(error)}", path)
            return
        for unread in found.unread:
            self._reasons.add(ReasonCode.FILE_UNREADABLE, unread, path)
        content.inventories[extractor.name] = found
        self._found.setdefault(path, {})[extractor.name] = found

    def _bound(self, error: OutOfTime | MemoryError) -> str:
        if isinstance(error, MemoryError):
            return f"takes more than {self._limits.memory_bytes} bytes of memory"
        return f"takes more than {self._limits.file_seconds} s of processor time"

    def _scan(self, path: str, content: _Content, body: bytes) -> None:
        assert self._scanner is not None  # noqa: S101 - callers asked its `wants` first
        self._scanner.scan(path, content.entry, body, content.keep)

    def _scan_link(self, path: str, content: _Content) -> None:
        scanner = self._scanner
        if scanner is None:
            return
        scanner.finish()
        if content.scan is not None:
            scanner.link(path, content.scan)
        elif not scanner.wants_link(path, content.entry.size, content.head):
            return
        elif content.body is not None:
            self._scan(path, content, content.body)
        else:
            self._reasons.add(ReasonCode.MALWARE_NOT_SCANNED, "a hard link to a file that was not kept", path)

    def _link_unread(self, path: str) -> None:
        """Note what the name alone says to be wanted: the content went by before anybody asked for it."""
        if self._selector.select(path):
            self._reasons.add(ReasonCode.FILE_UNREADABLE, "a hard link to a file that was not kept", path)
        elif self._scanner is not None and self._scanner.wants_link(path, 1, b""):
            self._reasons.add(ReasonCode.MALWARE_NOT_SCANNED, "a hard link to a file that was not kept", path)
