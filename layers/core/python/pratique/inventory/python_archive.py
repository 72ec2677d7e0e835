"""Python distributions that lie packed: wheels, and eggs that are imported as they are.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/ and
https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html
"""

from __future__ import annotations

from pratique.archive.zip import ZipArchive
from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.python_metadata import parse_core_metadata
from pratique.model.package import Package

_LARGEST_METADATA = 16 << 20


def parse_archive(path: str, body: bytes) -> Package:
    """Return the distribution in the wheel or egg ``body``; raises ExtractorError where there is none in it."""
    archive = ZipArchive(body)
    for entry in archive.entries():
        folder, _, basename = entry.name.rpartition("/")
        in_wheel = basename == "METADATA" and folder.endswith(".dist-info") and "/" not in folder
        if (in_wheel or entry.name == "EGG-INFO/PKG-INFO") and entry.expanded <= _LARGEST_METADATA:
            return parse_core_metadata(archive.read(entry), path)
    raise ExtractorError("a Python archive holds no metadata")


PYTHON_ARCHIVE = FormatExtractor(
    name="python_archive",
    version=1,
    paths=PathPatterns(suffixes=(".whl", ".egg")),
    parse=lambda path, body: Parsed.of([parse_archive(path, body)]),
    max_bytes=256 << 20,
)
