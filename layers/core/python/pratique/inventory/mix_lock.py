"""``mix.lock`` of Elixir and Erlang projects: https://hexdocs.pm/mix/Mix.Project.html."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

# One line a dependency: "plug": {:hex, :plug, "1.11.1", …}; those from git have no version.
_HEX = re.compile(r'^\s*"[^"]+":\s*\{:hex,\s*:"?([\w.-]+)"?,\s*"([^"]+)"', re.MULTILINE)


def parse_mix_lock(body: bytes) -> Iterator[Package]:
    """Yield the locked packages of a Hex repository; raises ExtractorError where the file is no map."""
    text = body.decode("utf-8", "replace")
    if not text.lstrip().startswith("%{"):
        raise ExtractorError("a mix.lock is a map")
    for match in _HEX.finditer(text):
        yield Package(PackageType.HEX, match[1], match[2])


MIX_LOCK = FormatExtractor(
    name="mix_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"mix.lock"})),
    parse=lambda _path, body: Parsed.of(parse_mix_lock(body)),
)
