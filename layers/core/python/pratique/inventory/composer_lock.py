"""Composer's ``composer.lock``: https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.composer_installed import composer_packages
from pratique.inventory.documents import as_mapping, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package


def parse_composer_lock(body: bytes) -> Iterator[Package]:
    """Yield the locked packages but those for development; raises ExtractorError where there is no list of them."""
    document = as_mapping(load_json(body))
    if not isinstance(document.get("packages"), list):
        raise ExtractorError("a composer.lock lists no packages")
    yield from composer_packages(document["packages"])


COMPOSER_LOCK = FormatExtractor(
    name="composer_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"composer.lock"})),
    parse=lambda _path, body: Parsed.of(parse_composer_lock(body)),
)
