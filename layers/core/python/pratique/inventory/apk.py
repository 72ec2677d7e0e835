"""apk's database: installed Alpine, Wolfi and Chainguard packages and the files they own.

https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
"""

from __future__ import annotations

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.owned_paths import could_matter
from pratique.model.package import Package, PackageType

_FOLDER, _FILE = "F", "R"


def parse_installed(body: bytes) -> tuple[list[Package], list[tuple[int, str]]]:
    """Return the packages of ``body`` and the paths they own, as (index into the packages, path).

    A record with no name or no version is none.  Raises ExtractorError where ``body`` holds no such record at all.
    """
    packages: list[Package] = []
    owns: list[tuple[int, str]] = []
    for record in body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n"):
        fields, paths = _record(record)
        if not fields.get("P") or not fields.get("V"):
            continue
        owns += [(len(packages), path) for path in paths]
        packages.append(_package(fields))
    if body.strip() and not packages:
        raise ExtractorError("an apk database holds no package")
    return packages, owns


def _record(record: str) -> tuple[dict[str, str], list[str]]:
    fields: dict[str, str] = {}
    paths: list[str] = []
    folder = ""
    for line in record.split("\n"):
        if line[1:2] != ":":
            continue
        key, value = line[0], line[2:]
        if key == _FOLDER:
            folder = f"{value}/" if value else ""
        elif key == _FILE:
            if could_matter(path := folder + value):
                paths.append(path)
        else:
            fields.setdefault(key, value.strip())
    return fields, paths


def _package(fields: dict[str, str]) -> Package:
    version = fields["V"]
    return Package(
        PackageType.APK,
        fields["P"],
        version,
        architecture=fields.get("A", ""),
        source_name=fields.get("o") or fields["P"],
        source_version=version,
        licenses=(fields["L"],) if fields.get("L") else (),
    )


def _parse(_path: str, body: bytes) -> Parsed:
    packages, owns = parse_installed(body)
    return Parsed(packages=tuple(packages), owns=tuple(owns))


APK = FormatExtractor(
    name="apk",
    version=1,
    paths=PathPatterns(exact=frozenset({"lib/apk/db/installed", "usr/lib/apk/db/installed"})),
    parse=_parse,
)
