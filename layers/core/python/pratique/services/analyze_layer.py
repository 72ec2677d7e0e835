"""Read one layer, once for every image that has it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import assert_never

from msgspec import Struct

from pratique.archive.limits import Limits
from pratique.errors import PratiqueError
from pratique.inventory.extractor import Selector
from pratique.inventory.layer import read_layer
from pratique.inventory.report_codec import encode
from pratique.model.digest import DiffId
from pratique.model.image import Layer
from pratique.model.inventory import LayerReport
from pratique.ports.clock import Clock
from pratique.ports.file_scanner import FileScanner
from pratique.ports.image_catalog import ImageSources
from pratique.ports.layers import AlreadyRead, Claimed, HeldElsewhere, LayerLeases
from pratique.ports.objects import ObjectStore
from pratique.services.report_key import report_key

_log = logging.getLogger(__name__)


class LayerRead(Struct, frozen=True):
    """The layer's report is stored under ``report_key``; ``read_bytes`` were read for it by this call (0: known)."""

    report_key: str
    read_bytes: int


class LayerHeld(Struct, frozen=True):
    """Another worker is reading the layer and will be done, or have lost its lease, in ``seconds``."""

    seconds: int


class LayerFailed(Struct, frozen=True):
    """The layer could not be read, and why; ``retryable`` says that a second try may succeed."""

    reason: str
    retryable: bool


LayerOutcome = LayerRead | LayerHeld | LayerFailed


class AnalyzeLayer(Struct, frozen=True):
    """Takes the lease on a layer, reads it in one pass and stores its report.

    ``carry`` returns the report from older ones where they tell all that reading the layer would.
    """

    sources: ImageSources
    objects: ObjectStore
    leases: LayerLeases
    clock: Clock
    selector: Selector
    scanner: FileScanner | None
    limits: Limits
    analyzer: str
    lease_seconds: int
    carry: Callable[[DiffId], LayerReport | None] = lambda _diff_id: None

    def __call__(self, instance: str, repository: str, layer: Layer, *, owner: str) -> LayerOutcome:
        """Return what became of the layer; ``owner`` is the same for every retry of one invocation."""
        now = self.clock.now()
        claim = self.leases.claim(layer.diff_id, self.analyzer, owner, now, self.lease_seconds)
        match claim:
            case AlreadyRead(report_key=key):
                return LayerRead(key, 0)
            case HeldElsewhere(until=until):
                return LayerHeld(max(1, int((until - now).total_seconds())))
            case Claimed():
                return self._read(instance, repository, layer, owner)
            case _:
                assert_never(claim)

    def known(self, diff_ids: Sequence[DiffId]) -> frozenset[DiffId]:
        """Return those layers that need not be read: a report of this analyzer is stored of them."""
        return self.leases.read_by(self.analyzer, diff_ids)

    def _read(self, instance: str, repository: str, layer: Layer, owner: str) -> LayerOutcome:
        key = report_key(layer.diff_id, self.analyzer)
        try:
            carried = self.carry(layer.diff_id)
            report = carried or self._report(instance, repository, layer)
            self.objects.put_if_absent(key, encode(report))
        except PratiqueError as error:
            self.leases.release(layer.diff_id, self.analyzer, owner, str(error))
            _log.warning("layer not read", extra={"layer": layer.diff_id, "reason": str(error)})
            return LayerFailed(str(error), error.retryable)
        self.leases.finish(layer.diff_id, self.analyzer, owner, key)
        return LayerRead(key, 0 if carried else report.compressed_bytes)

    def _report(self, instance: str, repository: str, layer: Layer) -> LayerReport:
        with self.sources.open(instance, repository).open_layer(layer) as reader:
            return read_layer(
                reader,
                digest=layer.digest,
                diff_id=layer.diff_id,
                media_type=layer.media_type,
                selector=self.selector,
                scanner=self.scanner,
                limits=self.limits,
                analyzer_version=self.analyzer,
            )
