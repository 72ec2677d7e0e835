"""The one pass over a layer: inflate, hash, walk, and give each file to whoever wants it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import msgspec

from pratique.archive.inflate import Inflater
from pratique.archive.limits import Limits, in_force
from pratique.archive.paths import PathRefused, decode_name
from pratique.archive.read_ahead import ReadAhead
from pratique.archive.tar import EntryKind, TarEntry, TarWalker
from pratique.archive.tar_header import TarError, TarOverLimit
from pratique.errors import ArchiveError
from pratique.inventory.extractor import Selector
from pratique.inventory.layer_tree import LayerTree
from pratique.inventory.owned_paths import concerns_packages
from pratique.inventory.reader_bounds import memory_bound
from pratique.inventory.reason_list import ReasonList
from pratique.inventory.scanned_files import ScannedFiles
from pratique.inventory.wanted_files import WantedFiles
from pratique.model.coverage import ReasonCode
from pratique.model.digest import DiffId, Digest
from pratique.model.inventory import LayerReport
from pratique.ports.file_scanner import FileScanner
from pratique.ports.images import ByteReader

_CHUNKS_AHEAD = 4  # of about a megabyte each
# As constants: before Python 3.12, finding a member by its name is a call.
_FILE, _FOLDER, _SYMLINK = EntryKind.FILE, EntryKind.FOLDER, EntryKind.SYMLINK


def read_layer(
    reader: ByteReader,
    *,
    digest: Digest,
    diff_id: DiffId,
    media_type: str,  # noqa: ARG001 - what the content is, its first bytes say; the diff ID proves it
    selector: Selector,
    scanner: FileScanner | None,
    limits: Limits,
    analyzer_version: str,
    progress: Callable[[int], None] | None = None,
) -> LayerReport:
    """Read one layer to its end and return its report.

    ``progress`` is told the compressed bytes of each step.  A tar that is malformed or over a limit from some point
    on gives what came before and a reason.  A report is stored for the diff ID and used for every image that names
    it, so there is none for bytes that cannot be shown to be that content: raises ArchiveError where decompression
    fails or goes over a limit, and where the expanded bytes have another digest; RegistryError where the reader does.
    """
    inflater = Inflater(reader, limits, progress)
    hashed = hashlib.sha256()
    observed = _observed(inflater, hashed.update, limits.layer_seconds)
    try:
        with in_force(limits), closing(ReadAhead(observed, most=_CHUNKS_AHEAD)) as chunks:
            layer_pass = _LayerPass(TarWalker(chunks, limits), diff_id, selector, scanner, limits)
            with memory_bound(limits.memory_bytes), layer_pass.files.clock.ready():
                layer_pass.run()
                for _ in chunks:  # what follows the archive's end belongs to the content all the same
                    pass
    except ArchiveError as error:
        raise ArchiveError(error.message, layer=diff_id, path=error.path) from error
    except MemoryError as error:
        message = f"the layer takes more than {limits.memory_bytes} bytes of memory"
        raise ArchiveError(message, layer=diff_id) from error
    if f"sha256:{hashed.hexdigest()}" != diff_id:
        raise ArchiveError("the layer's content is not that of its diff ID", layer=diff_id)
    tree, malware = layer_pass.tree, layer_pass.scanned
    scanned = malware.scanned if malware else ()
    return LayerReport(
        diff_id=diff_id,
        digest=digest,
        analyzer_version=analyzer_version,
        compressed_bytes=inflater.compressed_bytes,
        expanded_bytes=inflater.expanded_bytes,
        files=layer_pass.files.inventories,
        names=tree.names,
        folders=tuple(tree.folders),
        whiteouts=tuple(tree.whiteouts),
        opaques=tuple(tree.opaques),
        links=tuple(tree.links.items()),
        matches=malware.matches if malware else (),
        files_scanned=malware.files_scanned if malware else 0,
        bytes_scanned=malware.bytes_scanned if malware else 0,
        rules_revision=scanner.revision if scanner is not None else "",
        reasons=layer_pass.reasons.all(),
        packaged=tuple(filter(concerns_packages, scanned)),
        scanned_json=msgspec.Raw(msgspec.json.encode(scanned)),
        left_out=malware.left_out if malware else (),
    )


def _observed(inflater: Inflater, update: Callable[[bytes], None], seconds: int) -> Iterator[bytes]:
    until = time.monotonic() + seconds
    for chunk in inflater:
        if time.monotonic() > until:
            raise ArchiveError(f"reading the layer takes more than {seconds} s")
        update(chunk)
        yield chunk


class _LayerPass:
    """Goes through the entries of one layer."""

    def __init__(
        self, walker: TarWalker, diff_id: DiffId, selector: Selector, scanner: FileScanner | None, limits: Limits
    ) -> None:
        self._walker = walker
        self.reasons = ReasonList(diff_id, most=limits.reasons)
        self.tree = LayerTree(limits)
        self.scanned = ScannedFiles(scanner, self.reasons) if scanner is not None else None
        self.files = WantedFiles(selector, self.scanned, limits, self.reasons)

    def run(self) -> None:
        """Visit every entry up to the end, or to where the tar cannot be read."""
        walker, tree, files = self._walker, self.tree, self.files
        try:
            for entry in walker:
                name = decode_name(entry.name)
                try:
                    if entry.kind is _FILE and (path := tree.put_new(name)):
                        files.offer(path, entry, walker)
                    else:
                        self._visit(entry, name)
                except PathRefused as refused:
                    self.reasons.add(ReasonCode.ENTRY_REFUSED, refused.message, name)
        except TarError as error:
            over = isinstance(error, TarOverLimit)
            code = ReasonCode.LAYER_OVER_LIMIT if over else ReasonCode.LAYER_UNREADABLE
            self.reasons.add(code, f"read up to entry {walker.entries} only: {error.message}")
        for note in walker.notes:
            self.reasons.add(ReasonCode.ENTRY_REFUSED, note)
        self.files.finish()

    def _visit(self, entry: TarEntry, name: str) -> None:
        tree, files, kind = self.tree, self.files, entry.kind
        path = tree.locate(name)
        if not path:
            return
        if ".wh." in path and tree.white_out(path):
            return
        if kind is _FILE:
            if gone := tree.put(path):
                files.forget(gone)
            files.offer(path, entry, self._walker)
        elif kind is _FOLDER:
            files.forget(tree.put_folder(path))
        elif kind is _SYMLINK:
            files.forget(tree.put(path))
            tree.put_link(path, decode_name(entry.link))
        elif kind is EntryKind.HARDLINK:
            self._hard_link(path, decode_name(entry.link))
        elif kind is EntryKind.SPECIAL:
            files.forget(tree.put(path))
        else:
            raise PathRefused("an entry of a type that container runtimes do not unpack")

    def _hard_link(self, path: str, target: str) -> None:
        tree, files = self.tree, self.files
        found = tree.locate(target)
        if not tree.has(found):
            # Runtimes refuse such a layer; whatever the file was to be, it is not known.
            raise PathRefused("a hard link to a file that the layer does not have")
        if found == path:
            return
        files.forget(tree.put(path))
        if found in tree.links:
            tree.put_link(path, tree.links[found])
        else:
            files.link(path, found)
