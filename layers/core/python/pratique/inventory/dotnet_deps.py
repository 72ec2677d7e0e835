"""What a .NET application or shared framework was published with: ``*.deps.json``.

https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_mapping, as_text, load_json
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_PACK_PREFIX = "runtimepack."
_ASSETS = ("runtime", "runtimeTargets", "native", "resources")


def parse_deps(body: bytes) -> Iterator[Package]:
    """Yield the NuGet packages whose files were published.

    A package that the run-time target lists with no file of any kind only steered the build.  A self-contained
    application brings the run time itself as a ``runtimepack``.  Projects are the application's own.
    """
    document = as_mapping(load_json(body))
    if not isinstance(document.get("libraries"), dict):
        raise ExtractorError("a deps.json names no libraries")
    target = _runtime_target(document)
    for key, value in as_mapping(document["libraries"]).items():
        kind = as_text(as_mapping(value).get("type")).lower()
        name, _, version = key.partition("/")
        if not name or not version or kind not in ("package", "runtimepack"):
            continue
        entry = target.get(key)
        if kind == "runtimepack" or entry is None or any(as_mapping(entry).get(asset) for asset in _ASSETS):
            yield Package(PackageType.NUGET, name.removeprefix(_PACK_PREFIX), version)


def _runtime_target(document: Mapping[str, object]) -> Mapping[str, object]:
    chosen = document.get("runtimeTarget")
    name = as_text(as_mapping(chosen).get("name")) or as_text(chosen)
    return as_mapping(as_mapping(document.get("targets")).get(name))


DOTNET_DEPS = FormatExtractor(
    name="dotnet_deps",
    version=1,
    paths=PathPatterns(suffixes=(".deps.json",)),
    parse=lambda _path, body: Parsed.of(parse_deps(body)),
)
