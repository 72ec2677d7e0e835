"""New advisory data: match known images again from stored inventories, reading no layer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Protocol

from pratique.errors import PratiqueError
from pratique.matching.candidates import data_for, look_ups
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage
from pratique.ports.image_catalog import ImageCatalog
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories

_log = logging.getLogger(__name__)


class Changed(Protocol):
    """Which packages' statements a revision changed, by (ecosystem, normalised name)."""

    def touches(self, analyzed: AnalyzedImage, known: frozenset[str]) -> bool:
        """Whether matching this image again may change anything; ``known`` is the ecosystems with data."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """Every image is matched again: what changed is not known."""

    def touches(self, analyzed: AnalyzedImage, known: frozenset[str]) -> bool:  # noqa: ARG002 - whatever it holds
        """Return True."""
        return True


@dataclass(frozen=True, slots=True)
class ChangedKeys:
    """Only images that hold one of these packages are matched again."""

    keys: Container[tuple[str, str]]

    def touches(self, analyzed: AnalyzedImage, known: frozenset[str]) -> bool:
        """Whether any package of the image would be looked up under a changed key."""
        ecosystems = {installed.ecosystem for installed in analyzed.inventory.packages}
        named = {ecosystem: data_for(ecosystem, known) for ecosystem in ecosystems}
        return any(
            wanted.key in self.keys
            for installed in analyzed.inventory.packages
            for wanted in look_ups(installed, named[installed.ecosystem])
        )


@dataclass(frozen=True, slots=True)
class Rematched:
    """How many images were matched, left alone and failed; ``after`` is where to go on, empty when done."""

    images: int
    untouched: int
    failed: int
    after: str


@dataclass(frozen=True, slots=True)
class RematchImages:
    """Assesses the images of the catalog that a change can touch, one after the other."""

    catalog: ImageCatalog
    inventories: ImageInventories
    assess: AssessImage

    def __call__(self, changed: Changed, *, after: str, out_of_time: Callable[[], bool]) -> Rematched:
        """Match images in the catalog's order beginning behind image ID ``after``, until the time is up.

        An image that fails is logged and counted and stops no other.
        """
        counts = {"images": 0, "untouched": 0, "failed": 0}
        known = self.assess.database.ecosystems()
        for image in self.catalog.images("ALL", after=after):
            counts[self._one(image, changed, known)] += 1
            if out_of_time():
                return Rematched(**counts, after=str(image))
        return Rematched(**counts, after="")

    def _one(self, image: ImageId, changed: Changed, known: frozenset[str]) -> str:
        try:
            analyzed = self.inventories.get(image.digest)
            if not changed.touches(analyzed, known):
                return "untouched"
            self.assess.again(image, analyzed)
        except PratiqueError as error:
            _log.warning("image not rematched", extra={"image": str(image), "reason": str(error)})
            return "failed"
        return "images"
