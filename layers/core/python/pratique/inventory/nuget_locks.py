"""NuGet's ``packages.lock.json`` and the older ``packages.config``.

https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies and
https://learn.microsoft.com/nuget/reference/packages-config
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_mapping, as_text, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

# The one element that counts has only attributes; an XML reader would bring entities and their bombs along.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PACKAGE = re.compile(r"<package\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def parse_packages_lock(body: bytes) -> Iterator[Package]:
    """Yield what every target framework resolves to, projects left out; raises ExtractorError for another file."""
    document = as_mapping(load_json(body))
    if not isinstance(document.get("dependencies"), dict):
        raise ExtractorError("a packages.lock.json names no dependencies")
    for framework in as_mapping(document["dependencies"]).values():
        for name, value in as_mapping(framework).items():
            row = as_mapping(value)
            version = as_text(row.get("resolved"))
            if version and as_text(row.get("type")).lower() != "project":
                yield Package(PackageType.NUGET, name, version)


def parse_packages_config(body: bytes) -> Iterator[Package]:
    """Yield the packages of a packages.config; raises ExtractorError where there is no ``packages`` element."""
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = _COMMENT.sub("", body.decode(encoding, "replace"))
    if "<packages" not in text:
        raise ExtractorError("not a packages.config")
    for element in _PACKAGE.finditer(text):
        fields = {match[1].lower(): match[2] or match[3] or "" for match in _ATTRIBUTE.finditer(element[1])}
        if fields.get("id") and fields.get("version"):
            yield Package(PackageType.NUGET, fields["id"], fields["version"])


NUGET_LOCK = FormatExtractor(
    name="nuget_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"packages.lock.json"})),
    parse=lambda _path, body: Parsed.of(parse_packages_lock(body)),
)

NUGET_CONFIG = FormatExtractor(
    name="nuget_config",
    version=1,
    paths=PathPatterns(basenames=frozenset({"packages.config"})),
    parse=lambda _path, body: Parsed.of(parse_packages_config(body)),
    max_bytes=16 << 20,
)
