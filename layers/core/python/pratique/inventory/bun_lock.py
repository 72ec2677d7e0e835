"""``bun.lock``, Bun's lock file in JSON with comments and trailing commas.

https://bun.com/docs/install/lockfile.  The older binary ``bun.lockb`` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_list, as_mapping, as_text, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.npm_lock import npm_package
from pratique.model.package import Package

# Strings are kept whole; outside them comments go first, then commas before a closing bracket.
_COMMENT = re.compile(rb'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(rb'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)


def parse_bun_lock(body: bytes) -> Iterator[Package]:
    """Yield every package locked to a version; raises ExtractorError where ``packages`` is missing."""
    plain = _COMMENT.sub(lambda match: match[1] or b"", body)
    document = as_mapping(load_json(_TRAILING_COMMA.sub(lambda match: match[1] or b"", plain)))
    if not isinstance(document.get("packages"), dict):
        raise ExtractorError("a bun.lock names no packages")
    for value in as_mapping(document["packages"]).values():
        identity = as_text(next(iter(as_list(value)), ""))
        name, _, version = identity.rpartition("@")
        if name and version and ":" not in version and "/" not in version:
            yield npm_package(name, version)


BUN_LOCK = FormatExtractor(
    name="bun_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"bun.lock"})),
    parse=lambda _path, body: Parsed.of(parse_bun_lock(body)),
)
