"""Layers read in tests: a tar in memory through the real pass."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence

from pratique.archive.limits import Limits
from pratique.archive.tar import EntryKind, TarWalker
from pratique.inventory.extractor import Extractor, Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.image import fold
from pratique.inventory.layer import read_layer
from pratique.model.digest import DiffId, Digest
from pratique.model.image import Layer
from pratique.model.inventory import ImageInventory, LayerReport
from pratique.ports.file_scanner import FileScanner
from tests.image_builder import Layer as Files
from tests.image_builder import layer_tar


def sha256(body: bytes) -> str:
    """Return ``sha256:…`` of ``body``."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def read_blob(
    blob: bytes,
    tar: bytes | None = None,
    *,
    extractors: Sequence[Extractor] = EXTRACTORS,
    scanner: FileScanner | None = None,
    limits: Limits | None = None,
) -> LayerReport:
    """Read ``blob``, which holds ``tar`` (None: is it)."""
    return read_layer(
        io.BytesIO(blob),
        digest=Digest(sha256(blob)),
        diff_id=DiffId(sha256(blob if tar is None else tar)),
        media_type="application/vnd.oci.image.layer.v1.tar",
        selector=Selector(extractors),
        scanner=scanner,
        limits=limits or Limits(),
        analyzer_version="test",
    )


def read_files(files: Files, *, scanner: FileScanner | None = None, limits: Limits | None = None) -> LayerReport:
    """Read a layer made of ``files``."""
    return read_blob(layer_tar(files), scanner=scanner, limits=limits)


def layers_of(reports: Sequence[LayerReport | None]) -> tuple[Layer, ...]:
    """Return image layers for ``reports``."""
    return tuple(
        Layer(
            digest=report.digest if report else Digest(f"sha256:{index:064x}"),
            diff_id=report.diff_id if report else DiffId(f"sha256:{index:064x}"),
            media_type="",
            size=0,
            index=index,
        )
        for index, report in enumerate(reports)
    )


def fold_files(*layers: Files, scanner: FileScanner | None = None) -> ImageInventory:
    """Return the inventory of an image made of ``layers``."""
    reports = [read_files(files, scanner=scanner) for files in layers]
    return fold(layers_of(reports), reports)


def walk(tar: bytes, *, chunk: int = 1000, limits: Limits | None = None) -> Iterable[tuple[bytes, EntryKind, bytes]]:
    """Yield name, kind and content (or link target) of every entry, the tar given in pieces of ``chunk`` bytes."""
    pieces = (tar[start : start + chunk] for start in range(0, len(tar), chunk))
    walker = TarWalker(pieces, limits or Limits())
    for entry in walker:
        yield entry.name, entry.kind, walker.body() if entry.kind is EntryKind.FILE else entry.link


def paths_of(report: LayerReport) -> tuple[str, ...]:
    """Return the path of every entry that is not a folder, folder by folder."""
    return tuple(f"{folder}/{name}" if folder else name for folder, names in report.names for name in names.split("/"))
