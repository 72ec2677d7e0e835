"""New advisory data: match every known image again from stored inventories, reading no layer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from pratique.errors import PratiqueError
from pratique.ports.image_catalog import ImageCatalog
from pratique.services.assess_image import AssessImage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rematched:
    """How many images were matched and how many failed; ``after`` is where to go on, empty when done."""

    images: int
    failed: int
    after: str


@dataclass(frozen=True, slots=True)
class RematchImages:
    """Assesses the images that the catalog holds, one after the other."""

    catalog: ImageCatalog
    assess: AssessImage

    def __call__(self, *, after: str, out_of_time: Callable[[], bool]) -> Rematched:
        """Match images in the catalog's order beginning behind image ID ``after``, until the time is up."""
        images = failed = 0
        for image in self.catalog.images("ALL", after=after):
            name = str(image)
            try:
                self.assess(image, tags=())
                images += 1
            except PratiqueError as error:
                failed += 1
                _log.exception("image not rematched", extra={"image": name, "reason": str(error)})
            if out_of_time():
                return Rematched(images, failed, name)
        return Rematched(images, failed, "")
