"""``yarn.lock`` of Yarn 1, a format of its own, and of Yarn 2 and later, which is YAML of a fixed shape.

https://classic.yarnpkg.com/lang/en/docs/yarn-lock/ and https://yarnpkg.com/advanced/lexicon#lockfile
"""

from __future__ import annotations

from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.npm_lock import npm_package, unaliased
from pratique.model.package import Package

_LOCAL = ("workspace:", "link:", "portal:")


def parse_yarn_lock(body: bytes) -> Iterator[Package]:
    """Yield every locked package but workspaces and links.

    Raises ExtractorError where a version stands in no entry.
    """
    if b"\0" in body:
        raise ExtractorError("a yarn.lock holds NUL bytes")
    specifier = ""
    for line in body.decode("utf-8", "replace").splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            specifier = _first_specifier(line)
        elif line.startswith("  version"):
            package = _package(specifier, line.strip().removeprefix("version").lstrip(":").strip().strip("\"'"))
            if package:
                yield package


def _first_specifier(line: str) -> str:
    return line.rstrip().removesuffix(":").split(",")[0].strip().strip("\"'")


def _package(specifier: str, version: str) -> Package | None:
    """Return the package of ``name@range``; the name itself may begin with an ``@``."""
    at = specifier.find("@", 1)
    name, wanted = (specifier[:at], specifier[at + 1 :]) if at > 0 else (specifier, "")
    if not name or name == "__metadata":
        return None
    if not version or wanted.startswith(_LOCAL):
        return None
    if "@" in wanted.removeprefix("npm:"):
        name, _ = unaliased(name, wanted)
    return npm_package(name, version)


YARN_LOCK = FormatExtractor(
    name="yarn_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"yarn.lock"})),
    parse=lambda _path, body: Parsed.of(parse_yarn_lock(body)),
)
