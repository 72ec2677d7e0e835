"""rpm's databases: installed packages of Red Hat, SUSE, Amazon, Azure Linux and their kin, and the files they own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.owned_paths import SET_ID, could_matter, is_compared
from pratique.inventory.rpm_bdb import bdb_headers
from pratique.inventory.rpm_header import RpmHeader, source_of, with_epoch
from pratique.inventory.rpm_ndb import ndb_headers
from pratique.inventory.sqlite_pages import SqliteFile
from pratique.model.package import Package, PackageType

_FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
_WRITE_AHEAD_LOG = "-wal"
_MANIFEST_COLUMNS = 10


def sqlite_headers(body: bytes, log: bytes = b"") -> Iterator[bytes]:
    """Yield the header blobs of ``rpmdb.sqlite`` with its write-ahead log ``log`` laid over it."""
    for row in SqliteFile(body, log).rows("Packages"):
        yield from (column for column in row[-1:] if isinstance(column, bytes))


def packages_of(headers: Iterable[bytes]) -> Parsed:
    """Return the packages of ``headers`` with files and checksums; raises ExtractorError for a damaged one."""
    packages: list[Package] = []
    owns: list[tuple[int, str]] = []
    checksums: list[tuple[int, str, str]] = []
    for blob in headers:
        header = RpmHeader(blob)
        package = header.package()
        if package:
            index, files = len(packages), header.files()
            owns += [(index, file.path) for file in files if could_matter(file.path) or file.mode & SET_ID]
            checksums += [
                (index, file.path, file.checksum) for file in files if file.checksum and is_compared(file.path)
            ]
            packages.append(package)
    return Parsed(packages=tuple(packages), owns=tuple(owns), checksums=tuple(checksums))


def parse_manifest(body: bytes) -> Iterator[Package]:
    """Yield the packages of a distroless image's manifest.

    Azure Linux writes it with ``rpm -qa`` and these columns between tabs: name, version-release, two times, vendor,
    epoch, size, architecture, epoch as a number, source rpm.
    """
    for line in body.decode("utf-8", "replace").splitlines():
        columns = line.split("\t")
        if len(columns) < _MANIFEST_COLUMNS:
            raise ExtractorError("a line of the rpm manifest has too few columns")
        name, version, architecture, number = columns[0], columns[1], columns[7], columns[8]
        epoch = int(number) if number.isdigit() else 0
        full = with_epoch(version, epoch)
        source_name, source_version = source_of(columns[9], epoch)
        yield Package(
            PackageType.RPM,
            name,
            full,
            architecture=architecture,
            source_name=source_name or name,
            source_version=source_version or full,
        )


def _paths(basename: str) -> PathPatterns:
    return PathPatterns(exact=frozenset(f"{folder}/{basename}" for folder in _FOLDERS))


def _parse_with_log(_path: str, body: bytes, companions: Mapping[str, bytes]) -> Parsed:
    return packages_of(sqlite_headers(body, companions.get(_WRITE_AHEAD_LOG, b"")))


RPM_SQLITE = FormatExtractor(
    name="rpm_sqlite",
    version=2,
    paths=_paths("rpmdb.sqlite"),
    parse=lambda _path, body: packages_of(sqlite_headers(body)),
    parse_together=_parse_with_log,
    companions=(_WRITE_AHEAD_LOG,),
    max_bytes=512 << 20,
)

RPM_NDB = FormatExtractor(
    name="rpm_ndb",
    version=2,
    paths=_paths("Packages.db"),
    parse=lambda _path, body: packages_of(ndb_headers(body)),
    max_bytes=512 << 20,
)

RPM_BDB = FormatExtractor(
    name="rpm_bdb",
    version=2,
    paths=_paths("Packages"),
    parse=lambda _path, body: packages_of(bdb_headers(body)),
    max_bytes=512 << 20,
)

RPM_MANIFEST = FormatExtractor(
    name="rpm_manifest",
    version=1,
    paths=PathPatterns(exact=frozenset({"var/lib/rpmmanifest/container-manifest-2"})),
    parse=lambda _path, body: Parsed.of(parse_manifest(body)),
)
