"""Affected packages as rows of a finding's item: names of fields would double the size of thousands of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pratique.errors import StoreError
from pratique.ports.findings import PlacedLayer, StoredPackage

_NOWHERE = PlacedLayer("", -1, "")
_FIELDS = 16
_LAYER = 9


def package_row(package: StoredPackage) -> tuple[str | int, ...]:
    """Return a package as a row; its layer stands by its place in the image."""
    return (
        package.ecosystem, package.type, package.name, package.version, package.purl, package.source_name,
        package.fixed_version, package.fix_state, package.path, package.layer.index, package.range, package.advisory,
        package.source, package.source_version, package.note, package.suppressed_by,
    )  # fmt: skip


def package_from(row: Sequence[str | int], places: Mapping[int, PlacedLayer]) -> StoredPackage:
    """Read a row of an image whose layers stand at ``places``; raises StoreError for a row of another shape."""
    if len(row) != _FIELDS:
        raise StoreError("a finding's package has another shape")
    texts = [str(value) for value in row]
    ecosystem, kind, name, version, purl, source_name, fixed, fix_state, path = texts[:_LAYER]
    layer = places.get(int(row[_LAYER]), _NOWHERE)
    covered, advisory, source, source_version, note, suppressed_by = texts[_LAYER + 1 :]
    return StoredPackage(
        ecosystem, kind, name, version, purl, source_name, fixed, fix_state, path, layer, covered, advisory, source,
        source_version, note, suppressed_by,
    )  # fmt: skip
