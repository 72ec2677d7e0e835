"""What each layer of a stored image brought and removed: from the last scan's inventory and the stored findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pratique.matching.matcher import match
from pratique.model.image import ImageId, Layer
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.model.severity import Priority
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.findings import FindingState, StoredFinding, StoredSample
from pratique.ports.objects import ObjectStore
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import ImageInventories
from pratique.services.resolve_image import load_image


class LayerVulnerability(Struct, frozen=True):
    """One vulnerability that a layer brought or removed, at its highest priority there."""

    id: str
    priority: Priority


class LayerContents(Struct, frozen=True):
    """One layer.

    ``packages_brought`` are effective in the image or were until a higher layer; ``packages_removed`` stood in a lower
    layer and are not in the image any more.  ``brought`` are open findings, ``removed`` those that the image
    would have besides, were the removed packages still there.
    """

    layer: Layer
    packages_brought: tuple[InstalledPackage, ...]
    packages_removed: tuple[InstalledPackage, ...]
    brought: tuple[LayerVulnerability, ...]
    removed: tuple[LayerVulnerability, ...]
    samples: tuple[StoredSample, ...]


class ImageLayers(Struct, frozen=True):
    """Tells of the layers of stored images; removed packages are matched with the present advisories."""

    findings: FindingReader
    objects: ObjectStore
    database: AdvisoryDatabase

    def __call__(self, image: ImageId) -> tuple[LayerContents, ...] | None:
        """Return the layers, lowest first; None for an image that is not known.

        Raises NotScanned where no scan of it has read anything yet.
        """
        if self.findings.image(image) is None:
            return None
        inventory = ImageInventories(self.objects).get(image.digest).inventory
        vulnerabilities, samples = self.findings.findings(image)
        open_ones = [item for item in vulnerabilities if item.state is FindingState.OPEN]
        standing = [item for item in samples if item.state is FindingState.OPEN]
        seen: set[str] = set()
        told = []
        for layer in load_image(self.objects, image.digest).layers:
            # The same content may lie in an image twice; what it brought, its first layer brought.
            first = layer.diff_id not in seen
            seen.add(layer.diff_id)
            whole = self._contents(layer, inventory, open_ones, standing)
            told.append(whole if first else LayerContents(layer, (), (), (), (), ()))
        return tuple(told)

    def _contents(
        self,
        layer: Layer,
        inventory: ImageInventory,
        vulnerabilities: Iterable[StoredFinding],
        samples: Iterable[StoredSample],
    ) -> LayerContents:
        gone = tuple(item for item in inventory.shadowed if item.removed_by == layer.diff_id)
        everything = (*inventory.packages, *inventory.shadowed)
        brought = (item for item in vulnerabilities if any(p.layer.diff_id == layer.diff_id for p in item.packages))
        return LayerContents(
            layer=layer,
            packages_brought=tuple(item for item in everything if item.locations[0].layer == layer.diff_id),
            packages_removed=gone,
            brought=_worst_first({item.id: item.priority for item in brought}),
            removed=_worst_first(self._removed(gone, inventory, {item.id for item in vulnerabilities})),
            samples=tuple(item for item in samples if any(file.layer.diff_id == layer.diff_id for file in item.files)),
        )

    def _removed(
        self, gone: tuple[InstalledPackage, ...], inventory: ImageInventory, still_open: set[str]
    ) -> Mapping[str, Priority]:
        if not gone:
            return {}
        there = tuple(replace(item, removed_by=None) for item in gone)
        result = match(replace(inventory, packages=there, shadowed=(), samples=()), self.database)
        return {
            item.vulnerability.id: item.priority
            for item in result.vulnerabilities
            if item.vulnerability.id not in still_open
        }


def _worst_first(found: Mapping[str, Priority]) -> tuple[LayerVulnerability, ...]:
    ordered = sorted(found.items(), key=lambda item: (item[1].rank, item[0]))
    return tuple(LayerVulnerability(*item) for item in ordered)
