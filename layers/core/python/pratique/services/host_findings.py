"""Vulnerabilities of a stored image that only concern a host: made when asked for, from the last scan's inventory.

They are not stored, so that no count and no list holds them.
"""

from __future__ import annotations

from msgspec import Struct

from pratique.matching.matcher import match
from pratique.model.finding import VulnerabilityFinding
from pratique.model.image import ImageId
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import ImageInventories


class HostFindings(Struct, frozen=True):
    """Matches stored images' kernel headers, firmware and boot loaders with the present advisories."""

    findings: FindingReader
    inventories: ImageInventories
    database: AdvisoryDatabase

    def __call__(self, image: ImageId) -> tuple[VulnerabilityFinding, ...] | None:
        """Return the vulnerabilities, None for an image that is not known.

        Raises StoreError where the image was never scanned.
        """
        if self.findings.image(image) is None:
            return None
        return match(self.inventories.get(image.digest).inventory, self.database).host_only
