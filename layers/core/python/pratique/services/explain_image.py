"""Explain a stored image: the same question as `pratique explain`, asked of the last scan's inventory."""

from __future__ import annotations

from msgspec import Struct

from pratique.matching.explain import explain
from pratique.model.explanation import Explanation
from pratique.model.image import ImageId
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import ImageInventories


class ExplainImage(Struct, frozen=True):
    """Explains packages and ids of stored images with the present advisories."""

    findings: FindingReader
    inventories: ImageInventories
    database: AdvisoryDatabase

    def __call__(self, image: ImageId, about: str) -> Explanation | None:
        """Return the explanation, None for an image that is not known; raises StoreError where it was never scanned."""
        if self.findings.image(image) is None:
            return None
        return explain(self.inventories.get(image.digest).inventory, self.database, about)
