"""Read the layers of one image on this machine, with no AWS: the core alone, in worker processes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, structs

from pratique.archive.limits import Limits
from pratique.errors import PratiqueError, StoreError
from pratique.inventory.extractor import Selector
from pratique.inventory.image import fold
from pratique.inventory.layer import read_layer
from pratique.inventory.report_codec import decode, encode
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.digest import DiffId
from pratique.model.image import Image, Layer
from pratique.model.inventory import ImageInventory, LayerReport
from pratique.ports.file_scanner import FileScanner
from pratique.ports.images import ImageSource
from pratique.ports.objects import ObjectStore
from pratique.services.report_key import report_key

_log = logging.getLogger(__name__)

# Below this many compressed bytes to read, starting worker processes costs more time than they save.
_WORTH_WORKERS = 4 * 1024 * 1024


class LayerReader(Struct, frozen=True):
    """Everything that reading a layer takes; ``scanner`` is None for an inventory alone."""

    source: ImageSource
    selector: Selector
    scanner: FileScanner | None
    limits: Limits
    analyzer: str

    def read(self, layer: Layer) -> LayerReport:
        """Read one layer; raises RegistryError or ArchiveError."""
        with self.source.open_layer(layer) as stream:
            return read_layer(
                stream,
                digest=layer.digest,
                diff_id=layer.diff_id,
                media_type=layer.media_type,
                selector=self.selector,
                scanner=self.scanner,
                limits=self.limits,
                analyzer_version=self.analyzer,
            )


class LayerReaderBuilder(Protocol):
    """Builds a reader in the process that will use it: it is pickled, hashable and small itself."""

    def __call__(self) -> LayerReader:
        """Return a new reader; raises PratiqueError where its source or rules cannot be opened."""
        ...

    def __hash__(self) -> int:
        """Equal builders hash alike: each process builds one reader for all of them."""
        ...


class LayerState(StrEnum):
    """What became of one layer."""

    KNOWN = "known"
    READ = "read"
    FAILED = "failed"


class ImageLayers(Struct, frozen=True):
    """The reports of an image's layers, lowest first, None for one that was not read, and why not."""

    reports: tuple[LayerReport | None, ...]
    reasons: tuple[Reason, ...]
    known: int


class ReadLayers(Struct, frozen=True):
    """Reads an image's layers, each once.

    ``objects`` keeps layer reports between scans (None: nothing is kept).  ``on_layer`` is told of every layer as
    it is done, once for each place in the image.
    """

    builder: LayerReaderBuilder
    analyzer: str
    workers: int
    objects: ObjectStore | None = None
    on_layer: Callable[[Layer, LayerState], None] = lambda _layer, _state: None

    def __call__(self, image: Image) -> ImageLayers:
        """Return a report for every layer that is known or can be read."""
        known = {layer.diff_id: report for layer in image.layers if (report := self._known(layer))}
        missing = list({layer.diff_id: layer for layer in image.layers if layer.diff_id not in known}.values())
        for layer in image.layers:
            if layer.diff_id in known:
                self.on_layer(layer, LayerState.KNOWN)
        outcomes: dict[DiffId, LayerReport | Reason] = dict(known)
        for layer, outcome in self._read(missing):
            outcomes[layer.diff_id] = outcome
            state = LayerState.FAILED if isinstance(outcome, Reason) else LayerState.READ
            for place in image.layers:
                if place.diff_id == layer.diff_id:
                    self.on_layer(place, state)
        return _in_order(image.layers, outcomes, known=len(known))

    def _known(self, layer: Layer) -> LayerReport | None:
        if self.objects is None:
            return None
        try:
            body = self.objects.get(report_key(layer.diff_id, self.analyzer))
            report = decode(body) if body is not None else None
        except PratiqueError as error:
            _log.warning("kept layer report is unreadable", extra={"layer": layer.diff_id, "reason": str(error)})
            return None
        return report and _of_this_blob(report, layer)

    def _read(self, layers: Sequence[Layer]) -> Iterator[tuple[Layer, LayerReport | Reason]]:
        """Yield each layer with its report or the reason why there is none, as they are done."""
        alone = self.workers < 2 or len(layers) < 2 or sum(layer.size for layer in layers) < _WORTH_WORKERS  # noqa: PLR2004 - one of either needs no pool
        bodies = self._read_here(layers) if alone else _read_in_workers(self.builder, layers, self.workers)
        for layer, body in bodies:
            if isinstance(body, Reason):
                yield layer, body
                continue
            report = decode(body)
            if not _is_damaged(report):
                self._keep(layer, body)
            yield layer, report

    def _read_here(self, layers: Sequence[Layer]) -> Iterator[tuple[Layer, bytes | Reason]]:
        for layer in layers:
            yield layer, read_one(self.builder, layer)

    def _keep(self, layer: Layer, body: bytes) -> None:
        if self.objects is None:
            return
        try:
            self.objects.put_if_absent(report_key(layer.diff_id, self.analyzer), body)
        except StoreError as error:
            _log.warning("layer report was not kept", extra={"layer": layer.diff_id, "reason": str(error)})


def inventory_of(image: Image, layers: ImageLayers) -> ImageInventory:
    """Return what the image holds; its reasons say what was not seen."""
    inventory = fold(image.layers, layers.reports)
    told = {reason.layer for reason in layers.reasons}
    others = (
        reason
        for reason in inventory.reasons
        if not (reason.code is ReasonCode.LAYER_NOT_READ and reason.layer in told)
    )
    return structs.replace(inventory, reasons=(*layers.reasons, *others))


def read_one(builder: LayerReaderBuilder, layer: Layer) -> bytes | Reason:
    """Return the encoded report of one layer, or why it could not be read; runs in a worker process."""
    try:
        return encode(_reader(builder).read(layer))
    except PratiqueError as error:
        return _unreadable(layer, str(error))


def _read_in_workers(
    builder: LayerReaderBuilder, layers: Sequence[Layer], workers: int
) -> Iterator[tuple[Layer, bytes | Reason]]:
    """Read in a pool; a layer that was lost with a crashed worker is told of."""
    from pratique.services.layer_workers import in_workers  # noqa: PLC0415 - one layer needs none, and it takes a while to import

    for layer, body in in_workers(functools.partial(read_one, builder), _largest_first(layers), workers):
        yield layer, body or _unreadable(layer, "the process that read the layer ended unexpectedly")


@functools.cache
def _reader(builder: LayerReaderBuilder) -> LayerReader:
    return builder()


def _largest_first(layers: Sequence[Layer]) -> list[Layer]:
    return sorted(layers, key=lambda layer: -layer.size)


def _unreadable(layer: Layer, detail: str) -> Reason:
    return Reason(ReasonCode.LAYER_UNREADABLE, detail, layer=layer.diff_id)


def _is_damaged(report: LayerReport) -> bool:
    """Whether the layer broke off: then its content was not compared with the diff ID that its report is kept under."""
    return any(reason.code is ReasonCode.LAYER_UNREADABLE for reason in report.reasons)


def _of_this_blob(report: LayerReport, layer: Layer) -> LayerReport:
    """Return the report with this image's digest: the same content may be compressed differently elsewhere."""
    return report if report.digest == layer.digest else structs.replace(report, digest=layer.digest)


def _in_order(layers: Sequence[Layer], outcomes: Mapping[DiffId, LayerReport | Reason], *, known: int) -> ImageLayers:
    found = [outcomes[layer.diff_id] for layer in layers]
    reports = tuple(None if isinstance(outcome, Reason) else outcome for outcome in found)
    reasons = tuple(dict.fromkeys(outcome for outcome in found if isinstance(outcome, Reason)))
    return ImageLayers(reports, reasons, known)
