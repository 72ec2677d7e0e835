"""What a stored image holds, for a bill of materials: no advisory is asked."""

from __future__ import annotations

from msgspec import Struct, structs

from pratique.model.image import Image, ImageId
from pratique.model.inventory import ImageInventory
from pratique.ports.objects import ObjectStore
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import ImageInventories
from pratique.services.resolve_image import load_image


class ImageBill(Struct, frozen=True):
    """Reads images with their inventories; reads no layer."""

    findings: FindingReader
    objects: ObjectStore

    def __call__(self, image: ImageId) -> tuple[Image, ImageInventory] | None:
        """Return image and inventory; None for an image that is not known.

        Raises NotScanned where no scan has read anything of it.
        """
        stored = self.findings.image(image)
        if stored is None:
            return None
        analyzed = ImageInventories(self.objects).get(image.digest)
        resolved = structs.replace(load_image(self.objects, image.digest), base=stored.base)
        return resolved, analyzed.inventory
