"""Packages in a conda environment: one JSON file each in ``conda-meta``.

https://docs.conda.io/projects/conda/en/latest/dev-guide/deep-dives/install.html
"""

from __future__ import annotations

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_mapping, as_text, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType


def parse_conda_meta(body: bytes) -> Package:
    """Return the package of one record; raises ExtractorError where it has no name or version."""
    record = as_mapping(load_json(body))
    name, version, license_ = (as_text(record.get(key)) for key in ("name", "version", "license"))
    if not name or not version:
        raise ExtractorError("a conda-meta record names no package")
    return Package(
        PackageType.CONDA, name, version, as_text(record.get("subdir")), licenses=(license_,) if license_ else ()
    )


CONDA = FormatExtractor(
    name="conda",
    version=1,
    paths=PathPatterns(suffixes=(".json",), within=("/conda-meta",)),
    parse=lambda _path, body: Parsed.of([parse_conda_meta(body)]),
)
