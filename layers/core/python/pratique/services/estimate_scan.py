"""What a scan would read and cost, before it is started."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from pratique.errors import PratiqueError
from pratique.model.digest import DiffId
from pratique.model.image import ImageId, Layer
from pratique.model.scope import Scope
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.layers import LayerLeases
from pratique.ports.objects import ObjectStore
from pratique.ports.scans import SettingsStore
from pratique.services.prices import planned_cost
from pratique.services.resolve_image import load_image
from pratique.services.selection import chooses_repository

MOST_IMAGES = 2000
"""Images that are looked at; of more, the rest is taken to be like them."""

_BATCH = 100


class Estimate(Struct, frozen=True):
    """Known images in a scope, their layers that no report is stored of, those layers' compressed bytes, and dollars.

    ``looked_at`` is the number of images that the numbers come from; below ``images`` they are scaled up.
    ``unresolved`` images were never resolved: nothing is known of their layers, and they count as none.
    """

    images: int
    looked_at: int
    unresolved: int
    layers_unread: int
    bytes: int
    dollars: float


class EstimateScan(Struct, frozen=True):
    """Asks the stores only: images that the registry has and nobody announced are not in it."""

    catalog: ImageCatalog
    leases: LayerLeases
    objects: ObjectStore
    settings: SettingsStore

    def __call__(self, scope: Scope) -> Estimate:
        """Return the estimate for a scope.  Layers count once, however many images have them."""
        settings = self.settings.get()[0]
        chosen = (
            image
            for image in self.catalog.images(str(scope))
            if chooses_repository(settings, image.instance, image.repository)
        )
        looked_at = list(islice(chosen, MOST_IMAGES))
        images = len(looked_at) + sum(1 for _ in chosen)
        layers: dict[DiffId, Layer] = {}
        unresolved = 0
        for image in looked_at:
            found = self._layers(image)
            unresolved += found is None
            layers |= {layer.diff_id: layer for layer in found or ()}
        unread = list(self._unread(layers.values()))
        scale = images / len(looked_at) if looked_at else 1.0
        count, size = round(len(unread) * scale), round(sum(layer.size for layer in unread) * scale)
        dollars = planned_cost(images=images, layers=count, size=size)
        return Estimate(images, len(looked_at), unresolved, count, size, round(dollars, 4))

    def _layers(self, image: ImageId) -> tuple[Layer, ...] | None:
        try:
            return load_image(self.objects, image.digest).layers
        except PratiqueError:
            return None

    def _unread(self, layers: Iterable[Layer]) -> Iterator[Layer]:
        rest = iter(layers)
        while batch := list(islice(rest, _BATCH)):
            read = self.leases.read([layer.diff_id for layer in batch])
            yield from (layer for layer in batch if layer.diff_id not in read)
