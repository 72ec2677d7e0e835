"""The report of a stored image: its last scan's inventory, judged with the present advisories and decisions."""

from __future__ import annotations

from msgspec import Struct, structs

from pratique.matching.suppress import Subject, Suppressing
from pratique.model.allow_list import EntryState
from pratique.model.finding import ImageReport
from pratique.model.image import Image, ImageId
from pratique.model.inventory import ImageInventory
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.allow_list import AllowList
from pratique.ports.clock import Clock
from pratique.ports.objects import ObjectStore
from pratique.ports.queries import FindingReader
from pratique.ports.suppressions import Suppressions
from pratique.services.assess_image import judge
from pratique.services.image_inventories import ImageInventories
from pratique.services.resolve_image import load_image


class ReportImage(Struct, frozen=True):
    """Makes what every report format is written from; reads no layer and stores nothing."""

    findings: FindingReader
    objects: ObjectStore
    database: AdvisoryDatabase
    clock: Clock
    allow_list: AllowList
    suppressions: Suppressions

    def __call__(self, image: ImageId) -> tuple[Image, ImageReport, ImageInventory] | None:
        """Return image, report and inventory; None for an image that is not known.

        Raises StoreError where it was never scanned.
        """
        stored = self.findings.image(image)
        if stored is None:
            return None
        now = self.clock.now()
        analyzed = ImageInventories(self.objects).get(image.digest)
        resolved = structs.replace(load_image(self.objects, image.digest), base=stored.base)
        allowed = [one for one in self.allow_list.entries() if one.state(now) is EntryState.ACTIVE]
        active = [one for one in self.suppressions.all() if one.state(now) is EntryState.ACTIVE]
        suppressed = Suppressing(active, Subject(image.repository, image.digest))
        report = judge(analyzed, self.database, now=now, allowed=allowed, suppressed=suppressed)
        return resolved, report, analyzed.inventory
