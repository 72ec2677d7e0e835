"""Installed Python distributions: ``METADATA`` of dist-info, ``PKG-INFO`` of egg-info, egg-info as one file.

https://packaging.python.org/en/latest/specifications/core-metadata/ and
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import re

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

# `name-version.dist-info`, `name-version-py3.8.egg-info`, `name-version-py3.8.egg`
_FOLDER_NAME = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._]*)-(?P<version>[^-/]+?)(?:-py\d[^/]*)?\.(?:dist|egg)(?:-info)?"
)
_LONGEST_HEADER = 1 << 20


def parse_core_metadata(body: bytes, path: str = "") -> Package:
    """Return the distribution that the headers of ``body`` name.

    Header names are case-insensitive; what follows the first empty line is description.  A name or version
    that the headers lack is taken from the folder's name in ``path``.  Raises ExtractorError where neither has them.
    """
    fields = _headers(body)
    name, version = fields.get("name", ""), fields.get("version", "")
    if not name or not version:
        fallback = _from_folder(path)
        name, version = name or fallback[0], version or fallback[1]
    if not name or not version or "\0" in name + version:
        raise ExtractorError("Python metadata names no distribution", path=path)
    return Package(PackageType.PYPI, name, version, licenses=_licenses(fields))


def _headers(body: bytes) -> dict[str, str]:
    """Return the first of each header; continuation lines and lines without a colon are passed over."""
    fields: dict[str, str] = {}
    for line in body[:_LONGEST_HEADER].decode("utf-8", "replace").splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            fields.setdefault(key.strip().lower(), value.strip())
    return fields


def _from_folder(path: str) -> tuple[str, str]:
    for part in reversed(path.split("/")):
        match = _FOLDER_NAME.fullmatch(part)
        if match:
            return match["name"].replace("_", "-"), match["version"]
    return "", ""


def _licenses(fields: dict[str, str]) -> tuple[str, ...]:
    license_ = fields.get("license-expression") or fields.get("license", "")
    return (license_,) if license_ and license_.upper() != "UNKNOWN" else ()


def _parse(path: str, body: bytes) -> Parsed:
    return Parsed.of([parse_core_metadata(body, path)])


PYTHON_DIST_INFO = FormatExtractor(
    name="python_dist_info",
    version=1,
    paths=PathPatterns(basenames=frozenset({"METADATA"}), within=(".dist-info",)),
    parse=_parse,
)

PYTHON_EGG_INFO = FormatExtractor(
    name="python_egg_info",
    version=1,
    paths=PathPatterns(basenames=frozenset({"PKG-INFO"}), within=(".egg-info", ".egg/EGG-INFO")),
    parse=_parse,
)

PYTHON_EGG_INFO_FILE = FormatExtractor(
    name="python_egg_info_file", version=1, paths=PathPatterns(suffixes=(".egg-info",)), parse=_parse
)
