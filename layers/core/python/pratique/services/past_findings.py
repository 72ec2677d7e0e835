"""Vulnerabilities of a stored image by the advisories of another time: made when asked for, and not stored."""

from __future__ import annotations

from msgspec import Struct

from pratique.matching.matcher import match
from pratique.model.finding import VulnerabilityFinding
from pratique.model.image import ImageId
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import ImageInventories


class PastFound(Struct, frozen=True):
    """What a revision's advisories say of an image as its last scan found it."""

    revision: str
    built: str
    vulnerabilities: tuple[VulnerabilityFinding, ...]


class PastFindings(Struct, frozen=True):
    """Matches stored inventories with one kept database."""

    findings: FindingReader
    inventories: ImageInventories
    database: AdvisoryDatabase

    def __call__(self, image: ImageId) -> PastFound | None:
        """Return the vulnerabilities, None for an image that is not known.

        Raises StoreError where the image was never scanned.
        """
        if self.findings.image(image) is None:
            return None
        found = match(self.inventories.get(image.digest).inventory, self.database)
        return PastFound(self.database.revision.revision, self.database.revision.built, found.vulnerabilities)
