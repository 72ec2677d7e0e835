"""apk's database: installed Alpine, Wolfi and Chainguard packages, the files they own and their checksums.

https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
"""

from __future__ import annotations

import base64

from msgspec import Struct

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.owned_paths import SET_ID, could_matter, is_compared
from pratique.model.package import Package, PackageType

_FOLDER, _FILE, _MODE, _CHECKSUM = "F", "R", "a", "Z"
# The letter says which hash it is: https://git.alpinelinux.org/apk-tools (apk_blob_pull_csum).
_HASHES = {"Q1": 20, "Q2": 32}


class _File(Struct):
    """A file of a package; ``checksum`` is hexadecimal, empty where it is of no known form."""

    path: str
    mode: int = 0
    checksum: str = ""


def parse_installed(body: bytes) -> Parsed:
    """Return the packages of ``body``, the paths they own and those files' checksums.

    A record with no name or no version is none.  Raises ExtractorError where ``body`` holds no such record at all.
    """
    packages: list[Package] = []
    owns: list[tuple[int, str]] = []
    checksums: list[tuple[int, str, str]] = []
    for record in body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n"):
        fields, files = _record(record)
        if not fields.get("P") or not fields.get("V"):
            continue
        index = len(packages)
        owns += [(index, file.path) for file in files if could_matter(file.path) or file.mode & SET_ID]
        checksums += [(index, file.path, file.checksum) for file in files if file.checksum and is_compared(file.path)]
        packages.append(_package(fields))
    if body.strip() and not packages:
        raise ExtractorError("an apk database holds no package")
    return Parsed(tuple(packages), owns=tuple(owns), checksums=tuple(checksums))


def _record(record: str) -> tuple[dict[str, str], list[_File]]:
    fields: dict[str, str] = {}
    files: list[_File] = []
    folder = ""
    for line in record.split("\n"):
        if line[1:2] != ":":
            continue
        key, value = line[0], line[2:]
        if key == _FOLDER:
            folder = f"{value}/" if value else ""
        elif key == _FILE:
            files.append(_File(folder + value))
        elif key == _MODE and files:
            files[-1].mode = _mode(value)
        elif key == _CHECKSUM and files:
            files[-1].checksum = _checksum(value.strip())
        else:
            fields.setdefault(key, value.strip())
    return fields, files


def _mode(value: str) -> int:
    """Return the mode of ``user:group:mode``, 0 where it is none; extended attributes may follow."""
    digits = [*value.split(":"), "", "", ""][2].strip()
    return int(digits, 8) if digits and not digits.strip("01234567") else 0


def _checksum(value: str) -> str:
    length = _HASHES.get(value[:2])
    try:
        digest = base64.b64decode(value[2:], validate=True)
    except ValueError:
        return ""
    return digest.hex() if len(digest) == length else ""


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


APK = FormatExtractor(
    name="apk",
    version=2,
    paths=PathPatterns(exact=frozenset({"lib/apk/db/installed", "usr/lib/apk/db/installed"})),
    parse=lambda _path, body: parse_installed(body),
)
