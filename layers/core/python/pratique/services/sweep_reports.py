"""Remove what nothing needs any more: reports of layers that no known image has, and what was kept of such images.

What is unknown is only noted at first.  It is removed once every sweep of the grace period found it unknown, so that an
image that comes back, or is being scanned, finds its layers read.  Scans, events and retired images expire by
themselves (TTL); superseded advisory databases go with an update (`advisory_history`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from pratique.errors import PratiqueError
from pratique.model.digest import DiffId, parse_diff_id
from pratique.ports.clock import Clock
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.layers import LayerLeases
from pratique.ports.objects import ObjectStore
from pratique.services.resolve_image import load_image

_log = logging.getLogger(__name__)

GRACE = timedelta(days=7)

_NOTES = "sweeps/unknown.json"
_LAYERS, _IMAGES, _INVENTORIES = "layers/", "images/", "inventories/"


class Swept(Struct, frozen=True):
    """How many layers and images were removed, and how many unknown things wait for the grace period's end."""

    layers: int
    images: int
    waiting: int


class SweepReports(Struct, frozen=True):
    """Compares the object store with the catalog; run daily."""

    objects: ObjectStore
    catalog: ImageCatalog
    leases: LayerLeases
    clock: Clock

    def __call__(self) -> Swept:
        """Sweep once.

        Raises StoreError where the catalog or the store cannot be read whole: then nothing is removed.
        """
        images, layers = self._known()
        noted = self._noted()
        unknown = {
            *self._unknown(_LAYERS, layers),
            *self._unknown(_IMAGES, images),
            *self._unknown(_INVENTORIES, images),
        }
        now = self.clock.now()
        notes = {name: noted.get(name, now.isoformat()) for name in sorted(unknown)}
        gone = {name for name, since in notes.items() if datetime.fromisoformat(since) <= now - GRACE}
        removed = [self._remove(name) for name in sorted(gone)]
        left = {name: since for name, since in notes.items() if name not in gone}
        self.objects.put(_NOTES, msgspec.json.encode(left))
        by_kind = [sum(name.startswith(kind) for name in gone) for kind in (_LAYERS, _IMAGES)]
        _log.info("swept", extra={"removed": sum(removed), "waiting": len(left)})
        return Swept(by_kind[0], by_kind[1], len(left))

    def _known(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the digests of the known images and the diff IDs of all their layers."""
        images: set[str] = set()
        layers: set[str] = set()
        for image in self.catalog.images("ALL"):
            if image.digest in images:
                continue
            images.add(image.digest)
            try:
                layers.update(layer.diff_id for layer in load_image(self.objects, image.digest).layers)
            except PratiqueError as error:
                if error.retryable:
                    raise
        return frozenset(images), frozenset(layers)

    def _unknown(self, prefix: str, known: frozenset[str]) -> Iterator[str]:
        """Yield the part of keys that names what is not known: ``layers/<diff ID>/`` or ``images/<digest>.``."""
        for key in self.objects.keys(prefix):
            name, mark = key.removeprefix(prefix), "/" if prefix == _LAYERS else "."
            digest = name.partition(mark)[0]
            if digest.startswith("sha256:") and digest not in known:
                yield f"{prefix}{digest}{mark}"

    def _noted(self) -> dict[str, str]:
        body = self.objects.get(_NOTES)
        return msgspec.json.decode(body, type=dict[str, str]) if body else {}

    def _remove(self, name: str) -> int:
        """Remove everything under a name; a layer's reports under its lease, so that nobody counts on them."""
        keys = list(self.objects.keys(name))
        if not name.startswith(_LAYERS):
            self.objects.delete(keys)
            return len(keys)
        diff_id = parse_diff_id(name.removeprefix(_LAYERS).rstrip("/"))
        return sum(self._remove_report(diff_id, key) for key in keys)

    def _remove_report(self, diff_id: DiffId, key: str) -> bool:
        analyzer = key.rpartition("/")[2].removesuffix(".json.zst")
        if not self.leases.begin_removal(diff_id, analyzer, self.clock.now()):
            return False
        self.objects.delete([key])
        self.leases.removed(diff_id, analyzer)
        return True
