"""Installed Ruby gems: the specifications that RubyGems writes, those of default gems too.

https://guides.rubygems.org/specification-reference/; a specification is Ruby code and is read, never run.
"""

from __future__ import annotations

import re

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_LITERAL = r"""(?:"([^"\\#]+)"|'([^'\\]+)'|%q\{([^}]+)\})"""
_NAME = re.compile(rf"^\s*\w+\.name\s*=\s*{_LITERAL}", re.MULTILINE)
_VERSION = re.compile(rf"^\s*\w+\.version\s*=\s*(?:Gem::Version\.new[\s(]+)?{_LITERAL}", re.MULTILINE)
_LICENSES = re.compile(r"^\s*\w+\.licenses?\s*=\s*(.+)$", re.MULTILINE)
_QUOTED = re.compile(r"""["']([^"']+)["']""")
# RubyGems' own summary of the specification, so that it need not run the code: name, version, platform, paths
_STUB = re.compile(r"^# stub: (\S+) (\d\S*) ", re.MULTILINE)
_FILE_NAME = re.compile(r"(.+?)-(\d[^-]*)(?:-.+)?\.gemspec")


def parse_gemspec(body: bytes, path: str = "") -> Package:
    """Return the gem of one specification.

    Name and version are taken from their assignments, else from the ``# stub:`` line, else from the file's
    name.  Raises ExtractorError where none of them tells both.
    """
    text = body.decode("utf-8", "replace")
    name, version = _first(_NAME, text), _first(_VERSION, text)
    if not name or not version:
        match = _STUB.search(text) or _FILE_NAME.fullmatch(path.rpartition("/")[2])
        if not match or "Gem::Specification" not in text:
            raise ExtractorError("a gemspec names no gem")
        name, version = name or match[1], version or match[2]
    licenses = _LICENSES.search(text)
    return Package(PackageType.GEM, name, version, licenses=tuple(_QUOTED.findall(licenses[1])) if licenses else ())


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group.strip() for group in match.groups() if group), "") if match else ""


GEMSPEC = FormatExtractor(
    name="gemspec",
    version=1,
    paths=PathPatterns(suffixes=(".gemspec",), within=("/specifications", "/specifications/default")),
    parse=lambda path, body: Parsed.of([parse_gemspec(body, path)]),
    max_bytes=8 << 20,
)
