"""The one pass over a layer: inflate, hash, walk, and give each file to whoever wants it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from pratique.archive.inflate import Inflater
from pratique.archive.limits import Limits
from pratique.archive.paths import Links
from pratique.archive.tar import EntryKind, TarEntry, TarWalker
from pratique.errors import ArchiveError, ExtractorError, RulesError
from pratique.inventory.extractor import Extractor, Selector
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.digest import DiffId, Digest
from pratique.model.inventory import FileInventory, LayerReport
from pratique.model.sample import FileMatch
from pratique.ports.file_scanner import FileScanner
from pratique.ports.images import ByteReader

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_AUFS = ".wh..wh."
_HEAD = 512
_MOST_REFUSED = 100


@dataclass(slots=True)
class _Findings:
    """What the pass has gathered so far."""

    files: dict[tuple[str, str], FileInventory] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=dict)
    whiteouts: list[str] = field(default_factory=list)
    opaques: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    matches: dict[str, FileMatch] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    files_scanned: int = 0
    bytes_scanned: int = 0


def read_layer(
    reader: ByteReader,
    *,
    digest: Digest,
    diff_id: DiffId,
    media_type: str,  # noqa: ARG001 - kept for callers' logs: the content's first bytes decide, not its label
    selector: Selector,
    scanner: FileScanner | None,
    limits: Limits,
    analyzer_version: str,
    progress: Callable[[int], None] | None = None,
) -> LayerReport:
    """Read one layer to its end and return its report.

    ``progress`` is told the compressed bytes of each step.  A layer that is malformed from some point on gives
    what came before and a reason; raises ArchiveError where nothing at all can be read or the content is not
    that of ``diff_id``, and RegistryError where the reader does.
    """
    inflater = Inflater(reader, limits)
    hashed = hashlib.sha256()
    walker = TarWalker(_observed(inflater, hashed.update, progress), limits)
    layer_pass = _LayerPass(walker, selector, scanner, limits)
    damage = layer_pass.run()
    while reader.read(1 << 20):  # whatever is left must pass the reader, which verifies the blob's own digest
        pass
    if damage is None and f"sha256:{hashed.hexdigest()}" != diff_id:
        raise ArchiveError("the layer's content is not that of its diff ID", layer=diff_id)
    found = layer_pass.found
    if damage is not None:
        if not walker.entries:
            raise ArchiveError(damage.message, layer=diff_id) from damage
        detail = f"the layer was read up to entry {walker.entries} only: {damage.message}"
        found.reasons.append(Reason(ReasonCode.LAYER_UNREADABLE, detail, layer=diff_id))
    return LayerReport(
        diff_id=diff_id,
        digest=digest,
        analyzer_version=analyzer_version,
        compressed_bytes=inflater.compressed_bytes,
        expanded_bytes=inflater.expanded_bytes,
        files=tuple(found.files.values()),
        paths=tuple(found.paths),
        folders=tuple(found.folders),
        whiteouts=tuple(found.whiteouts),
        opaques=tuple(found.opaques),
        links=tuple(found.links.items()),
        matches=tuple(found.matches.values()),
        files_scanned=found.files_scanned,
        bytes_scanned=found.bytes_scanned,
        rules_revision=scanner.revision if scanner is not None else "",
        reasons=tuple(replace(reason, layer=diff_id) for reason in found.reasons),
    )


def _observed(
    inflater: Inflater, update: Callable[[bytes], None], progress: Callable[[int], None] | None
) -> Iterator[bytes]:
    told = 0
    for chunk in inflater:
        update(chunk)
        if progress is not None and inflater.compressed_bytes != told:
            progress(inflater.compressed_bytes - told)
            told = inflater.compressed_bytes
        yield chunk


class _LayerPass:
    """Goes through the entries of one layer."""

    def __init__(self, walker: TarWalker, selector: Selector, scanner: FileScanner | None, limits: Limits) -> None:
        self._walker = walker
        self._selector = selector
        self._scanner = scanner
        self._limits = limits
        self._links = Links()
        self._kept: dict[str, tuple[bytes, int]] = {}
        self._kept_bytes = 0
        self.found = _Findings()

    def run(self) -> ArchiveError | None:
        """Return the error that ended the pass early, None where the layer was read to its end."""
        damage = None
        try:
            for entry in self._walker:
                self._visit(entry)
        except ArchiveError as error:
            damage = error
        refused = self._walker.refused
        self.found.reasons += [
            Reason(ReasonCode.ENTRY_REFUSED, why, path=path) for path, why in refused[:_MOST_REFUSED]
        ]
        if len(refused) > _MOST_REFUSED:
            self.found.reasons.append(
                Reason(ReasonCode.ENTRY_REFUSED, f"{len(refused) - _MOST_REFUSED} more entries were refused")
            )
        return damage

    def _visit(self, entry: TarEntry) -> None:
        path = self._links.locate(entry.path)
        if not path:
            return
        name = path.rpartition("/")[2]
        if name.startswith(_WHITEOUT):
            self._white_out(path, name)
            return
        if entry.kind is EntryKind.FOLDER:
            self._folder(path)
            return
        self._replace(path)
        self.found.paths[path] = None
        if entry.kind is EntryKind.FILE:
            self._file(path, entry)
        elif entry.kind is EntryKind.SYMLINK:
            self.found.links[path] = entry.link
            self._links.add(path, entry.link)
        elif entry.kind is EntryKind.HARDLINK:
            self._hard_link(path, entry)

    def _white_out(self, path: str, name: str) -> None:
        folder = path[: -len(name)].rstrip("/")
        if name == _OPAQUE:
            self.found.opaques.append(folder)
        elif not name.startswith(_AUFS):
            target = name.removeprefix(_WHITEOUT)
            self.found.whiteouts.append(f"{folder}/{target}" if folder else target)

    def _folder(self, path: str) -> None:
        """Put a folder in; it replaces a file or link of that path, as when runtimes unpack."""
        if path in self.found.paths:
            self._replace(path)
            del self.found.paths[path]
        self.found.folders[path] = None

    def _replace(self, path: str) -> None:
        """Forget what an earlier entry of this layer put at ``path``: the later one wins."""
        found = self.found
        if path in found.paths:
            for key in [key for key in found.files if key[0] == path]:
                del found.files[key]
            found.matches.pop(path, None)
            if found.links.pop(path, None) is not None:
                self._links.discard(path)
            self._kept.pop(path, None)

    def _file(self, path: str, entry: TarEntry) -> None:
        scanner = self._scanner
        head: bytes | None = None
        scanned = False
        if entry.size and (scanner is not None or self._selector.offers_head(entry.size)):
            head = self._walker.head(_HEAD)
            scanned = scanner is not None and scanner.wants(path, entry.mode, entry.size, head)
        wanted = self._selector.select(path, head)
        if not wanted and not scanned:
            return
        wanted, scanned = self._within_limits(path, entry.size, wanted, scanned=scanned)
        if wanted or scanned:
            body = self._walker.body()
            self._keep(path, body, entry.mode)
            self._look(path, body, wanted, scanned=scanned)

    def _within_limits(
        self, path: str, size: int, wanted: tuple[Extractor, ...], *, scanned: bool
    ) -> tuple[tuple[Extractor, ...], bool]:
        """Return who may have a file of ``size`` bytes, and record a reason for everybody who may not."""
        most = self._limits.file_bytes
        able = tuple(one for one in wanted if size <= min(one.max_bytes, most))
        for one in wanted:
            if one not in able:
                self._reason(ReasonCode.FILE_OVER_LIMIT, f"{one.name}: {size} bytes are too many", path)
        if scanned and self._scanner is not None and size > min(self._scanner.max_bytes, most):
            self._reason(ReasonCode.FILE_OVER_LIMIT, f"malware rules: {size} bytes are too many", path)
            return able, False
        return able, scanned

    def _look(self, path: str, body: bytes, wanted: tuple[Extractor, ...], *, scanned: bool) -> None:
        found = self.found
        for one in wanted:
            try:
                found.files[path, one.name] = one.extract(path, body)
            except ExtractorError as error:
                # The file still replaces one of that path in a lower layer.
                found.files[path, one.name] = FileInventory(path, one.name)
                self._reason(ReasonCode.FILE_UNREADABLE, error.message, path)
        if scanned and self._scanner is not None:
            try:
                match = self._scanner.scan(path, body)
            except RulesError as error:
                self._reason(ReasonCode.RULE_TIMED_OUT, error.message, path)
            else:
                found.files_scanned += 1
                found.bytes_scanned += len(body)
                if match is not None:
                    found.matches[path] = match

    def _keep(self, path: str, body: bytes, mode: int) -> None:
        """Keep small wanted files, so that a hard link to one has its content."""
        if self._kept_bytes + len(body) <= self._limits.kept_bytes:
            self._kept[path] = (body, mode)
            self._kept_bytes += len(body)

    def _hard_link(self, path: str, entry: TarEntry) -> None:
        target = self._links.locate(entry.link.lstrip("/").removeprefix("./"))
        kept = self._kept.get(target)
        if kept is not None:
            body, mode = kept
            self._kept[path] = kept
            scanned = self._scanner is not None and self._scanner.wants(path, mode, len(body), body[:_HEAD])
            self._look(path, body, self._selector.select(path, body[:_HEAD]), scanned=scanned)
        elif self._selector.select(path):
            self._reason(ReasonCode.FILE_UNREADABLE, f"a hard link whose target {target[:300]} was not read", path)

    def _reason(self, code: ReasonCode, detail: str, path: str) -> None:
        self.found.reasons.append(Reason(code, detail, path=path))
