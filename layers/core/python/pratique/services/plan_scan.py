"""Which images a scan goes through, and in which order: decided once, kept in the object store, followed in pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec
from msgspec import Struct

from pratique.errors import StoreError
from pratique.model.image import ImageId
from pratique.model.scope import Scope
from pratique.ports.findings import StoredImage
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.objects import ObjectStore
from pratique.ports.queries import FindingReader
from pratique.ports.scans import SettingsStore
from pratique.services.reconcile import Reconcile, Reconciled

_BATCH = 100
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Planned(msgspec.Struct, frozen=True):
    """One image of a plan, by its ID, with the tag that it is scanned under (empty: none)."""

    image: str
    tag: str = ""


class Plan(msgspec.Struct, frozen=True):
    """A scan's images in their order; ``problems`` says which lists could not be read."""

    images: tuple[Planned, ...]
    retired: int = 0
    problems: tuple[str, ...] = ()


def plan_key(scan_id: str) -> str:
    """Return the key of the object that holds a scan's plan."""
    return f"scans/{scan_id}/plan.json"


def in_order(images: Iterable[StoredImage]) -> list[StoredImage]:
    """Return known images in the order of scanning.

    Never scanned ones first, then those with vulnerabilities that are known to be exploited, then those in use (with a
    tag), and of each kind those that were first seen last.
    """
    return sorted(
        images,
        key=lambda image: (
            image.status is not None,
            not image.exploited,
            not image.tags,
            -(image.first_scan or _LONG_AGO).timestamp(),
            str(image.id),
        ),
    )


class PlanScan(Struct, frozen=True):
    """Reconciles a scope and orders its images."""

    reconcile: Reconcile
    catalog: ImageCatalog
    reader: FindingReader
    objects: ObjectStore
    settings: SettingsStore

    def __call__(self, scan_id: str, scope: Scope, *, new_only: bool = False) -> Plan:
        """Return the plan of a scan, making it once: a retry finds it stored.

        ``new_only`` leaves out images that have been scanned.
        """
        stored = self.objects.get(plan_key(scan_id))
        if stored is not None:
            return msgspec.json.decode(stored, type=Plan)
        reconciled = self.reconcile(scope, self.settings.get()[0])
        known = [image for image in self._known(scope, reconciled) if not (new_only and image.status)]
        missing = [Planned(str(image), next(iter(tags), "")) for image, tags in reconciled.missing]
        images = (*missing, *(Planned(str(image.id)) for image in in_order(known)))
        plan = Plan(images, reconciled.retired, reconciled.problems)
        self.objects.put(plan_key(scan_id), msgspec.json.encode(plan))
        return plan

    def page(self, scan_id: str, first: int, count: int) -> tuple[Sequence[Planned], int]:
        """Return ``count`` images of a plan from number ``first`` on, and how many there are in all."""
        stored = self.objects.get(plan_key(scan_id))
        if stored is None:
            raise StoreError(f"scan {scan_id} has no plan")
        images = msgspec.json.decode(stored, type=Plan).images
        return images[first : first + count], len(images)

    def _known(self, scope: Scope, reconciled: Reconciled) -> Iterable[StoredImage]:
        ids = iter([image for image in self.catalog.images(str(scope)) if image not in reconciled.left])
        while batch := tuple(islice(ids, _BATCH)):
            yield from self.reader.images(batch)


def parse(planned: Planned) -> ImageId:
    """Return the image's ID."""
    return ImageId.parse(planned.image)
