"""npm's ``package-lock.json`` and ``npm-shrinkwrap.json``, all three versions.

https://docs.npmjs.com/cli/v10/configuring-npm/package-lock-json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_mapping, as_text, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_MODULES = "node_modules/"
_ALIAS = "npm:"


def npm_package(name: str, version: str) -> Package:
    """Return an npm package."""
    return Package(PackageType.NPM, name, version)


def unaliased(name: str, specifier: str) -> tuple[str, str]:
    """Return the name and version or range that ``npm:other@1.2.3`` stands for; other specifiers as they are."""
    if not specifier.startswith(_ALIAS):
        return name, specifier
    target, at, version = specifier.removeprefix(_ALIAS).rpartition("@")
    return (target, version) if at and target else (name, version)


def parse_package_lock(body: bytes) -> Iterator[Package]:
    """Yield every locked package but the project, its workspaces, links and what only development needs.

    Raises ExtractorError for another file.
    """
    document = as_mapping(load_json(body))
    if not document:
        raise ExtractorError("a package lock is an object")
    if isinstance(document.get("packages"), dict):
        yield from _packages(as_mapping(document["packages"]))
    else:
        yield from _dependencies(as_mapping(document.get("dependencies")))


def _packages(rows: Mapping[str, object]) -> Iterator[Package]:
    for path, value in rows.items():
        row = as_mapping(value)
        version = as_text(row.get("version"))
        if _MODULES in path and version and not row.get("link") and _is_shipped(row):
            yield npm_package(as_text(row.get("name")) or path.rpartition(_MODULES)[2], version)


def _dependencies(rows: Mapping[str, object]) -> Iterator[Package]:
    """Yield version 1's tree, whose versions may also be places: git, file or tarball addresses."""
    waiting = [rows]
    while waiting:
        for key, value in waiting.pop().items():
            row = as_mapping(value)
            name, version = unaliased(key, as_text(row.get("version")))
            if version and "/" not in version and ":" not in version and _is_shipped(row):
                yield npm_package(name, version)
            waiting.append(as_mapping(row.get("dependencies")))


def _is_shipped(row: Mapping[str, object]) -> bool:
    """Whether more than development needs it; what a project bundles is published with it in any case."""
    return row.get("dev") is not True or row.get("inBundle") is True or row.get("bundled") is True


NPM_LOCK = FormatExtractor(
    name="npm_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"package-lock.json", "npm-shrinkwrap.json"})),
    parse=lambda _path, body: Parsed.of(parse_package_lock(body)),
)
