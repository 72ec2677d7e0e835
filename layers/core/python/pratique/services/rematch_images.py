"""New advisory data: match known images again from stored inventories, reading no layer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from zlib import crc32

from msgspec import Struct

from pratique.errors import PratiqueError
from pratique.model.image import ImageId
from pratique.ports.image_catalog import ImageCatalog
from pratique.services.advisory_changes import WHOLE, AdvisoryChange, AdvisoryChanges, Share
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories, NotScanned

_log = logging.getLogger(__name__)


class Rematched(Struct, frozen=True):
    """How many images were matched, left alone and failed; ``after`` is where to go on, empty when done."""

    images: int
    untouched: int
    failed: int
    after: str


class RematchImages(Struct, frozen=True):
    """Assesses the images of the catalog that a change can touch, one after the other."""

    catalog: ImageCatalog
    inventories: ImageInventories
    changes: AdvisoryChanges
    assess: AssessImage

    def __call__(
        self,
        revision: str,
        *,
        after: str,
        out_of_time: Callable[[], bool],
        failed: int = 0,
        share: Share = WHOLE,
    ) -> Rematched:
        """Match images in the catalog's order beginning behind image ID ``after``, until the time is up.

        Only images that hold a package which ``revision`` says something else about are matched, all of them where
        that is not known.  An image that fails is logged and counted and stops no other; ``failed`` is how many did
        in the part before ``after``.  Where any did, the next revision matches every image.  Only the
        images of ``share`` are looked at; all shares may go on at once.
        """
        counts = {"images": 0, "untouched": 0, "failed": failed}
        known = self.assess.database.ecosystems()
        change = self.changes.since_followed(revision)
        for image in self.catalog.images("ALL", after=after):
            if crc32(str(image).encode()) % share.shares != share.number:
                continue
            counts[self._one(image, change, known)] += 1
            if out_of_time():
                return Rematched(**counts, after=str(image))
        if not counts["failed"]:
            self.changes.followed(revision, share)
        return Rematched(**counts, after="")

    def _one(self, image: ImageId, change: AdvisoryChange | None, known: frozenset[str]) -> str:
        try:
            analyzed = self.inventories.get(image.digest)
            if change is not None and not change.touches(analyzed, known):
                return "untouched"
            self.assess.again(image, analyzed)
        except NotScanned:
            return "untouched"  # there is nothing to match; its first scan will be with the present advisories
        except PratiqueError as error:
            _log.warning("image not rematched", extra={"image": str(image), "reason": str(error)})
            return "failed"
        return "images"
