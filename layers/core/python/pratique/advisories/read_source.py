"""Reads one fetched file of a source into a database that is being filled, by the source's format."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from pratique.advisories import amazon, epss
from pratique.advisories.kev import read_catalogue
from pratique.advisories.lifecycles import RefusedRelease, read_lifecycles
from pratique.advisories.osv import read_record
from pratique.advisories.sources import Format, Source
from pratique.advisories.staging import Staging
from pratique.advisories.updateinfo import read_updates
from pratique.errors import FeedError

MAX_RECORD = 32 * 1024 * 1024
"""Bytes of one record, expanded; a larger one is refused."""

_ZIP_ERRORS = (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError)


class Counted(Struct, frozen=True):
    """How many records were read, which were refused as (record, reason), and the newest time that one states."""

    records: int
    refused: tuple[tuple[str, str], ...]
    modified: str = ""


def read_source(staging: Staging, source: Source, path: Path) -> Counted:
    """Read the whole file at ``path``; a record that cannot be read is refused and stops nothing.

    Raises FeedError where the file itself cannot be read.
    """
    return _READERS[source.format](staging, source, path)


def _read_osv_zip(staging: Staging, source: Source, path: Path) -> Counted:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry for entry in archive.infolist() if entry.filename.endswith(".json")]
            return _read_records(staging, source, ((entry.filename, _body(archive, entry)) for entry in names))
    except _ZIP_ERRORS as error:
        raise FeedError(f"the zip cannot be read: {error}", path=path.name) from error


def _body(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return an entry's bytes; nothing, which no record is, for one over the limit."""
    return archive.read(entry) if entry.file_size <= MAX_RECORD else b""


def _read_osv_list(staging: Staging, source: Source, path: Path) -> Counted:
    try:
        records = msgspec.json.decode(path.read_bytes(), type=list[msgspec.Raw])
    except (OSError, msgspec.DecodeError) as error:
        raise FeedError(f"the list cannot be read: {error}", path=path.name) from error
    return _read_records(staging, source, ((f"record {place}", bytes(body)) for place, body in enumerate(records)))


def _read_records(staging: Staging, source: Source, bodies: Iterable[tuple[str, bytes]]) -> Counted:
    records, modified = 0, ""
    refused: list[tuple[str, str]] = []
    for name, body in bodies:
        try:
            read = read_record(body, source=source.name, ecosystems=source.ecosystems)
        except FeedError as error:
            refused.append((name, str(error)))
            continue
        if read.is_malicious_package:
            staging.add_malicious(read.advisory, read.statements, source.name)
        else:
            staging.add(read.advisory, read.statements, source.name)
        records += 1
        modified = max(modified, read.advisory.modified)
    return Counted(records, tuple(refused), modified)


def _read_updateinfo(staging: Staging, source: Source, path: Path) -> Counted:
    try:
        with path.open("rb") as file:
            return _read_updates(staging, source, [(file, "")])
    except OSError as error:
        raise FeedError(f"the update list cannot be read: {error}", path=path.name) from error


def _read_updateinfo_zip(staging: Staging, source: Source, path: Path) -> Counted:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith("/updateinfo.xml.gz"))
            return _read_updates(staging, source, ((archive.open(name), name.partition("/")[0]) for name in names))
    except _ZIP_ERRORS as error:
        raise FeedError(f"the zip cannot be read: {error}", path=path.name) from error


def _read_updates(staging: Staging, source: Source, files: Iterable[tuple[IO[bytes], str]]) -> Counted:
    records, modified = 0, ""
    refused: list[tuple[str, str]] = []
    (base,) = source.ecosystems
    for file, topic in files:
        for update in read_updates(file, name=topic or source.name):
            if not amazon.is_security(update):
                continue
            try:
                advisory, statements = amazon.read_update(
                    update, source=source.name, ecosystem=f"{base}:{source.release}", topic=topic
                )
            except FeedError as error:
                refused.append((update.id, str(error)))
                continue
            staging.add(advisory, statements, source.name)
            records += 1
            modified = max(modified, advisory.modified)
    return Counted(records, tuple(refused), modified)


def _read_kev(staging: Staging, source: Source, path: Path) -> Counted:
    try:
        catalogue = read_catalogue(path.read_bytes())
    except OSError as error:
        raise FeedError(f"the catalogue cannot be read: {error}", path=path.name) from error
    staging.connection.executemany(
        "INSERT OR REPLACE INTO kev VALUES (?, ?, ?)",
        [(entry.id, entry.added, entry.due) for entry in catalogue.entries],
    )
    refused = tuple((source.name, reason) for reason in catalogue.refused)
    return Counted(len(catalogue.entries), refused, catalogue.released)


def _read_epss(staging: Staging, _source: Source, path: Path) -> Counted:
    refused: list[tuple[str, str]] = []
    scores: list[tuple[str, float, float]] = []
    for score in epss.read_scores(path):
        if isinstance(score, epss.Refused):
            refused.append((score.line, score.reason))
        else:
            scores.append((score.id, score.epss, score.percentile))
    staging.connection.executemany("INSERT OR REPLACE INTO epss VALUES (?, ?, ?)", scores)
    return Counted(len(scores), tuple(refused))


def _read_lifecycles(staging: Staging, _source: Source, path: Path) -> Counted:
    refused: list[tuple[str, str]] = []
    ends: list[tuple[str, str, str]] = []
    try:
        body = path.read_bytes()
    except OSError as error:
        raise FeedError(f"the list of lifecycles cannot be read: {error}", path=path.name) from error
    for found in read_lifecycles(body):
        if isinstance(found, RefusedRelease):
            refused.append((found.name, found.reason))
        else:
            ends.append((found.distribution, found.release, found.ends))
    staging.connection.executemany("INSERT OR REPLACE INTO support VALUES (?, ?, ?)", ends)
    return Counted(len(ends), tuple(refused))


_READERS: dict[Format, Callable[[Staging, Source, Path], Counted]] = {
    Format.OSV_ZIP: _read_osv_zip,
    Format.OSV_LIST: _read_osv_list,
    Format.UPDATEINFO: _read_updateinfo,
    Format.UPDATEINFO_ZIP: _read_updateinfo_zip,
    Format.KEV_JSON: _read_kev,
    Format.EPSS_CSV: _read_epss,
    Format.LIFECYCLES: _read_lifecycles,
}
