"""An inventory as one JSON document, for programs."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from pratique.model.base_image import LayerOrigin
from pratique.model.coverage import Reason, ScanStatus
from pratique.model.distribution import Distribution
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.reports.json_document import ImageEntry, to_json
from pratique.reports.layer_places import LayerPlace, layer_places, place_of
from pratique.reports.purl import purl_of

SCHEMA_VERSION = 1


class LocationEntry(Struct, frozen=True):
    """A path and the layer it lies in."""

    path: str
    layer: LayerPlace


class InventoryEntry(Struct, frozen=True):
    """One package; ``origin`` says whether it came with the base image.

    ``owned_by`` names the operating-system package that it came with, empty where there is none; ``removed_by`` is the
    layer that removed or replaced a shadowed package, null for an effective one.
    """

    type: str
    ecosystem: str
    name: str
    version: str
    architecture: str
    source_name: str
    source_version: str
    licenses: tuple[str, ...]
    purl: str
    owned_by: str
    removed_by: LayerPlace | None
    locations: tuple[LocationEntry, ...]
    origin: LayerOrigin


class InventoryDocument(Struct, frozen=True):
    """The whole document.

    ``status`` is ``partial`` where the image was not seen whole, and ``reasons`` say why.  ``shadowed`` packages were
    removed by a higher layer: nothing runs them, but whoever has the image can still read them.
    """

    schema_version: int
    image: ImageEntry
    status: str
    reasons: tuple[Reason, ...]
    packages: tuple[InventoryEntry, ...]
    shadowed: tuple[InventoryEntry, ...]


def inventory_json(image: Image, inventory: ImageInventory) -> bytes:
    """Return the document as indented UTF-8 JSON with a line end, packages by type and name."""
    places = layer_places(image)
    packages, shadowed = (
        tuple(_entry(installed, places, inventory.distribution) for installed in sorted(found, key=_order))
        for found in (inventory.packages, inventory.shadowed)
    )
    document = InventoryDocument(
        schema_version=SCHEMA_VERSION,
        image=ImageEntry(
            image.reference, image.digest, str(image.platform), str(inventory.distribution or ""), image.base
        ),
        status=inventory_status(inventory).value,
        reasons=inventory.reasons,
        packages=packages,
        shadowed=shadowed,
    )
    return to_json(document)


def inventory_status(inventory: ImageInventory) -> ScanStatus:
    """Return whether the image was seen whole."""
    return ScanStatus.PARTIAL if inventory.reasons else ScanStatus.COMPLETE


def _order(installed: InstalledPackage) -> tuple[str, str, str, str]:
    return installed.package.key


def _entry(
    installed: InstalledPackage, places: Mapping[str, LayerPlace], distribution: Distribution | None
) -> InventoryEntry:
    package = installed.package
    return InventoryEntry(
        type=package.type.value,
        ecosystem=installed.ecosystem,
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        source_name=package.source_name,
        source_version=package.source_version,
        licenses=package.licenses,
        purl=purl_of(installed, distribution),
        owned_by=installed.owned_by,
        removed_by=place_of(places, installed.removed_by) if installed.removed_by else None,
        locations=tuple(LocationEntry(place.path, place_of(places, place.layer)) for place in installed.locations),
        origin=place_of(places, installed.locations[0].layer).origin,
    )
