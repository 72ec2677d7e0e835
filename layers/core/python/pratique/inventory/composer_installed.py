"""PHP packages that Composer installed: ``vendor/composer/installed.json``.

Composer 1 writes a list, Composer 2 an object with ``packages``: https://getcomposer.org/doc/07-runtime.md
"""

from __future__ import annotations

from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_list, as_mapping, as_text, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType


def parse_installed(body: bytes) -> Iterator[Package]:
    """Yield the installed packages; raises ExtractorError where ``body`` is neither form."""
    document = load_json(body)
    if not isinstance(document, list | dict):
        raise ExtractorError("installed.json is neither a list nor an object")
    yield from composer_packages(as_list(as_mapping(document).get("packages")) or as_list(document))


def composer_packages(rows: object) -> Iterator[Package]:
    """Yield the packages of a list in which Composer names them; entries with no name or version are none."""
    for row in map(as_mapping, as_list(rows)):
        name, version = as_text(row.get("name")), as_text(row.get("version"))
        if name and version:
            texts = (as_text(one) for one in as_list(row.get("license")))
            yield Package(PackageType.COMPOSER, name, version, licenses=tuple(text for text in texts if text))


COMPOSER_INSTALLED = FormatExtractor(
    name="composer_installed",
    version=1,
    paths=PathPatterns(basenames=frozenset({"installed.json"}), within=("/composer",)),
    parse=lambda _path, body: Parsed.of(parse_installed(body)),
)
