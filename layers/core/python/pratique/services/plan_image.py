"""The fix plan of a stored image, with the newer builds of its base that are known here."""

from __future__ import annotations

from msgspec import Struct, structs

from pratique.matching.matcher import match
from pratique.model.base_image import BaseImage, LayerOrigin
from pratique.model.image import ImageId
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.findings import FindingState, StoredFinding
from pratique.ports.objects import ObjectStore
from pratique.ports.queries import FindingReader
from pratique.remediation.plan import FixPlan
from pratique.services.image_inventories import ImageInventories
from pratique.services.plan_fixes import plan_fixes
from pratique.services.resolve_image import load_image

_BASES_READ = 50
_BASES_TOLD = 5


class NewerBase(Struct, frozen=True):
    """A newer image of the base's repository: which findings that came with the base it lacks, and which it keeps."""

    image: ImageId
    tags: tuple[str, ...]
    created: str
    removes: tuple[str, ...]
    keeps: tuple[str, ...]


class ImagePlan(Struct, frozen=True):
    """The plan of one image, what it is built on, and newer bases, the one that removes most first."""

    base: BaseImage
    plan: FixPlan
    newer_bases: tuple[NewerBase, ...]


class PlanImage(Struct, frozen=True):
    """Plans from the last scan's inventory and the present advisories."""

    findings: FindingReader
    objects: ObjectStore
    database: AdvisoryDatabase

    def __call__(self, image: ImageId) -> ImagePlan | None:
        """Return the plan, None for an image that is not known; raises StoreError where it was never scanned."""
        stored = self.findings.image(image)
        if stored is None:
            return None
        inventory = ImageInventories(self.objects).get(image.digest).inventory
        resolved = load_image(self.objects, image.digest)
        built = structs.replace(resolved, base=stored.base)
        found = match(inventory, self.database).vulnerabilities
        plan = plan_fixes(built, inventory, found, self.database)
        return ImagePlan(stored.base, plan, self._newer_bases(image, stored.base))

    def _newer_bases(self, image: ImageId, base: BaseImage) -> tuple[NewerBase, ...]:
        if not base.known_as:
            return ()
        known = ImageId.parse(base.known_as)
        created = load_image(self.objects, known.digest).created
        prefix = f"{known.repository}@"
        page = self.findings.image_page(known.instance, prefix=prefix, after="", limit=_BASES_READ)
        inherited = {one.id for one in self._open(image) if one.origin is LayerOrigin.BASE}
        newer = []
        for other in self.findings.images([one for one in page.images if one != known]):
            made = load_image(self.objects, other.id.digest).created
            if other.status is None or made <= created:
                continue
            there = {one.id for one in self._open(other.id)}
            removes, keeps = tuple(sorted(inherited - there)), tuple(sorted(inherited & there))
            newer.append(NewerBase(other.id, other.tags, made, removes, keeps))
        newer.sort(key=lambda one: one.created, reverse=True)
        return tuple(sorted(newer, key=lambda one: -len(one.removes)))[:_BASES_TOLD]

    def _open(self, image: ImageId) -> list[StoredFinding]:
        return [one for one in self.findings.findings(image)[0] if one.state is FindingState.OPEN]
