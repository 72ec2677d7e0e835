"""What bills of materials have no words of their own for: layers, origin, coverage, as named properties.

The names are the same in every format, after the prefix ``pratique:``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.reports.inventory_json import inventory_status
from pratique.reports.layer_places import layer_places, place_of

PREFIX = "pratique:"


def in_order(packages: Iterable[InstalledPackage]) -> list[InstalledPackage]:
    """Return packages in a lasting order; one version may stand there twice, owned by different packages."""
    return sorted(packages, key=lambda one: (one.package.key, [(at.path, at.layer) for at in one.locations]))


def package_facts(installed: InstalledPackage, image: Image) -> Iterator[tuple[str, str]]:
    """Yield names and values of what is known of a package: where it lies, in which layers, and whose it is."""
    places = layer_places(image)
    package = installed.package
    known = (
        ("type", package.type.value),
        ("ecosystem", installed.ecosystem),
        ("source_name", package.source_name),
        ("source_version", package.source_version),
        ("owned_by", installed.owned_by),
    )
    yield from ((name, value) for name, value in known if value)
    for number, location in enumerate(installed.locations):
        place = place_of(places, location.layer)
        yield f"location:{number}:path", location.path
        yield f"location:{number}:layer:diff_id", place.diff_id
        yield f"location:{number}:layer:index", str(place.index)
        if place.created_by:
            yield f"location:{number}:layer:created_by", place.created_by
    yield "origin", place_of(places, installed.locations[0].layer).origin.value


def image_facts(image: Image, inventory: ImageInventory) -> Iterator[tuple[str, str]]:
    """Yield names and values of what is known of an image: platform, base, layers, and what was not seen."""
    yield "platform", str(image.platform)
    yield "status", inventory_status(inventory).value
    if image.base.layers or image.base.name:
        known = ("found_by", image.base.found_by.value), ("name", image.base.name), ("digest", image.base.digest)
        yield from ((f"base:{name}", value) for name, value in known if value)
        yield "base:layers", str(image.base.layers)
    for layer in image.layers:
        yield f"layer:{layer.index}:diff_id", layer.diff_id
        yield f"layer:{layer.index}:digest", layer.digest
    for number, reason in enumerate(inventory.reasons):
        where = " ".join(part for part in (reason.path, reason.layer) if part)
        yield f"reason:{number}:{reason.code.value}", f"{reason.detail} {where}".strip()
