"""Lock files of Python tools: Pipfile.lock, poetry.lock, uv.lock, pdm.lock, pylock.toml.

https://packaging.python.org/en/latest/specifications/pylock-toml/ and the documentation of pipenv, Poetry, uv and PDM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_list, as_mapping, as_text, load_json, load_toml
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_DEVELOPMENT_GROUP = "develop"
# What uv and Poetry call the sources of the project itself and of folders beside it
_LOCAL_SOURCES = frozenset({"virtual", "editable", "directory", "file"})


def parse_pipfile_lock(body: bytes) -> Iterator[Package]:
    """Yield the pinned packages of every group but that for development; raises ExtractorError for another file."""
    document = as_mapping(load_json(body))
    if "_meta" not in document:
        raise ExtractorError("a Pipfile.lock has no _meta")
    for group, rows in document.items():
        if group in ("_meta", _DEVELOPMENT_GROUP):
            continue
        for name, value in as_mapping(rows).items():
            version = as_text(as_mapping(value).get("version")).lstrip("=")
            if version:
                yield Package(PackageType.PYPI, name, version)


def parse_toml_lock(body: bytes) -> Iterator[Package]:
    """Yield the packages of ``[[package]]`` or ``[[packages]]``, those of local folders and for development left out.

    Raises ExtractorError where the file is not TOML.
    """
    document = load_toml(body)
    for row in map(as_mapping, as_list(document.get("package")) or as_list(document.get("packages"))):
        name, version = as_text(row.get("name")), as_text(row.get("version"))
        source = as_mapping(row.get("source"))
        is_local = (
            bool(_LOCAL_SOURCES & set(source)) or as_text(source.get("type")) in _LOCAL_SOURCES or "directory" in row
        )
        if name and version and not is_local and not _is_for_development(row):
            yield Package(PackageType.PYPI, name, version)


def _is_for_development(row: Mapping[str, object]) -> bool:
    """Whether Poetry (a category, later groups) or PDM (groups) locked it for other groups than the main one only."""
    groups = [as_text(group) for group in as_list(row.get("groups"))] or [as_text(row.get("category")) or "main"]
    return not {"main", "default"} & set(groups)


PIPFILE_LOCK = FormatExtractor(
    name="pipfile_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"Pipfile.lock"})),
    parse=lambda _path, body: Parsed.of(parse_pipfile_lock(body)),
)

PYTHON_TOML_LOCK = FormatExtractor(
    name="python_toml_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"poetry.lock", "uv.lock", "pdm.lock", "pylock.toml"})),
    parse=lambda _path, body: Parsed.of(parse_toml_lock(body)),
)
