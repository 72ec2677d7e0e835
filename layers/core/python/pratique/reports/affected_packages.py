"""An affected package as findings keep it and reports show it."""

from __future__ import annotations

from collections.abc import Mapping

from pratique.model.distribution import Distribution
from pratique.model.finding import PackageFinding
from pratique.model.image import Image
from pratique.model.package import Location
from pratique.ports.findings import PlacedLayer, StoredPackage
from pratique.reports.purl import purl_of

_NOWHERE = PlacedLayer("", -1, "")


def placed_layers(image: Image) -> tuple[PlacedLayer, ...]:
    """Return the layers as findings name them, lowest first."""
    return tuple(
        PlacedLayer(layer.diff_id, layer.index, layer.created_by, image.base.origin(layer.index))
        for layer in image.layers
    )


def stored_copies(
    item: PackageFinding, layers: Mapping[str, PlacedLayer], distribution: Distribution | None
) -> tuple[StoredPackage, ...]:
    """Return a package once for each place that the same version of it lies in."""
    return tuple(_stored_copy(item, place, layers, distribution) for place in item.installed.locations)


def _stored_copy(
    item: PackageFinding,
    location: Location,
    layers: Mapping[str, PlacedLayer],
    distribution: Distribution | None,
) -> StoredPackage:
    """Return a package with where one copy lies and the evidence of its match; ``layers`` are the image's."""
    package = item.installed.package
    evidence = item.evidence[0] if item.evidence else None
    return StoredPackage(
        ecosystem=item.installed.ecosystem,
        type=package.type.value,
        name=package.name,
        version=package.version,
        purl=purl_of(item.installed, distribution),
        source_name=package.source_name,
        fixed_version=item.fixed_version,
        fix_state=item.fix_state.value,
        path=location.path,
        layer=layers.get(location.layer, _NOWHERE),
        range=evidence.range if evidence else "",
        advisory=evidence.advisory if evidence else "",
        source=evidence.source if evidence else "",
        source_version=package.source_version,
        note=evidence.note if evidence else "",
        suppressed_by=item.suppressed_by,
    )
