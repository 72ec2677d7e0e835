"""Read access to one advisory database file."""

from __future__ import annotations

import shutil
import sqlite3
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import zstandard

from pratique.advisories.schema import SCHEMA_VERSION, pack_state, statements_of, unpack_advisory, unpack_state
from pratique.errors import AdvisoryDatabaseError
from pratique.model.advisory import Advisory, Exploitation, MaliciousPackage, Statement
from pratique.ports.advisories import AdvisoryRevision, SourceState

_BATCH = 500  # some builds of SQLite take at most 999 parameters


def open_database(path: Path, *, sources: tuple[SourceState, ...] | None = None) -> SqliteDatabase:
    """Open a database file for reading.

    The file is taken to be immutable: nothing locks it and nothing may write to it while it is open.  ``sources``
    replaces the states that it holds, where a later update found the same data.
    Raises AdvisoryDatabaseError where it is missing, not a database, or of another schema version.
    """
    if not path.is_file():
        raise AdvisoryDatabaseError("there is no advisory database", path=str(path))
    connection = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    try:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.DatabaseError as error:
        connection.close()
        raise AdvisoryDatabaseError(f"not an advisory database: {error}", path=str(path)) from error
    if meta.get("schema") != str(SCHEMA_VERSION):
        connection.close()
        raise AdvisoryDatabaseError(
            f"the advisory database has schema {meta.get('schema')}, this program reads {SCHEMA_VERSION}",
            path=str(path),
        )
    return SqliteDatabase(path, connection, meta, sources)


def restate(path: Path, target: Path, sources: Iterable[SourceState]) -> None:
    """Write a copy of the database at ``path`` to ``target`` whose sources stand as ``sources`` says.

    Raises AdvisoryDatabaseError where it cannot be written.
    """
    try:
        shutil.copyfile(path, target)
        with closing(sqlite3.connect(target)) as connection, connection:
            known = dict(connection.execute("SELECT name, id FROM source"))
            fresh = max(known.values(), default=0)
            rows = [
                (known.get(state.name, fresh + place), state.name, pack_state(state))
                for place, state in enumerate(sources, start=1)
            ]
            connection.executemany("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", rows)
    except (OSError, sqlite3.DatabaseError) as error:
        raise AdvisoryDatabaseError(f"the advisory database cannot be written: {error}", path=str(target)) from error


class SqliteDatabase:
    """An `AdvisoryDatabase` over one SQLite file; made by `open_database`."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        meta: Mapping[str, str],
        sources: tuple[SourceState, ...] | None = None,
    ) -> None:
        self.path = path
        self._connection = connection
        # Whoever lets go of the database closes its file, without having to say so.
        weakref.finalize(self, connection.close)
        self._decompressor = zstandard.ZstdDecompressor()
        self._ecosystems: dict[str, int] = dict(self._rows("SELECT name, id FROM ecosystem"))
        self._revision = AdvisoryRevision(
            revision=meta["revision"],
            built=meta["built"],
            starter=meta["starter"] == "1",
            sources=self._sources() if sources is None else sources,
        )

    @property
    def revision(self) -> AdvisoryRevision:
        """Which revision this is."""
        return self._revision

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def ecosystems(self) -> frozenset[str]:
        """Every ecosystem (with release) that at least one statement is about."""
        return frozenset(self._ecosystems)

    def statements(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Statement, ...]]:
        """Return the statements about each ``(ecosystem, normalised name)``; keys without any are left out."""
        names: dict[str, set[str]] = defaultdict(set)
        for ecosystem, name in keys:
            if ecosystem in self._ecosystems:
                names[ecosystem].add(name)
        return {
            (ecosystem, name): self._statements(ecosystem, name, body)
            for ecosystem, wanted in names.items()
            for name, body in self._by_id(
                "SELECT name, body FROM package WHERE ecosystem = ? AND name IN",
                sorted(wanted),
                self._ecosystems[ecosystem],
            )
        }

    def malicious(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[MaliciousPackage, ...]]:
        """Return the reports that name each ``(ecosystem, normalised name)`` as malicious."""
        names: dict[str, set[str]] = defaultdict(set)
        for ecosystem, name in keys:
            names[ecosystem].add(name)
        found = {
            (ecosystem, name): self._statements(ecosystem, name, body)
            for ecosystem, wanted in names.items()
            for name, body in self._by_id(
                "SELECT name, body FROM malicious WHERE ecosystem = ? AND name IN", sorted(wanted), ecosystem
            )
        }
        ids = {statement.advisory for statements in found.values() for statement in statements}
        reports = self._advisories("SELECT id, body FROM report WHERE id IN", ids)
        return {
            key: tuple(MaliciousPackage(statement, reports[statement.advisory]) for statement in statements)
            for key, statements in found.items()
        }

    def advisories(self, ids: Iterable[str]) -> Mapping[str, Advisory]:
        """Return the advisories by id; unknown ids are left out."""
        return self._advisories("SELECT id, body FROM advisory WHERE id IN", ids)

    def mentions(self, ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the ids of the advisories that are about each id: its own, alias or upstream."""
        wanted = sorted(set(ids))
        found: dict[str, set[str]] = defaultdict(set)
        for identifier, advisory in self._by_id("SELECT id, advisory FROM mention WHERE id IN", wanted):
            found[identifier].add(advisory)
        for identifier, own in self._by_id("SELECT id, id FROM advisory WHERE id IN", wanted):
            found[identifier].add(own)
        return {identifier: tuple(sorted(advisories)) for identifier, advisories in found.items()}

    def exploitation(self, ids: Iterable[str]) -> Mapping[str, Exploitation]:
        """Return what is known of the exploitation of these CVE ids; ids without any are left out."""
        wanted = sorted(set(ids))
        listed = {row[0]: row[1:] for row in self._by_id("SELECT id, added, due FROM kev WHERE id IN", wanted)}
        scored = {row[0]: row[1:] for row in self._by_id("SELECT id, score, percentile FROM epss WHERE id IN", wanted)}
        return {
            identifier: Exploitation(*listed.get(identifier, ("", "")), *scored.get(identifier, (None, None)))
            for identifier in listed.keys() | scored.keys()
        }

    def support_ends(self, distribution: str) -> Mapping[str, str]:
        """Return the last day (ISO date) of security fixes of each release of a distribution, as os-release names them.

        Empty where nothing is known of it.
        """
        return dict(self._rows("SELECT release, ends FROM support WHERE distribution = ?", (distribution,)))

    def refused(self) -> tuple[tuple[str, str, str], ...]:
        """Return the records that could not be read, as (source, record, reason)."""
        return tuple(self._rows("SELECT source, record, reason FROM refused ORDER BY source, record"))

    def rows(self) -> Iterator[tuple[str, str, str, bytes]]:
        """Yield every packed row as (``malicious`` or ``package``, ecosystem, name, statements), in order.

        For comparing two revisions and for carrying a source over to the next one.
        """
        malicious = self._rows("SELECT ecosystem, name, body FROM malicious ORDER BY ecosystem, name")
        yield from (("malicious", *row) for row in malicious)
        for ecosystem, number in sorted(self._ecosystems.items()):
            rows = self._rows("SELECT name, body FROM package WHERE ecosystem = ? ORDER BY name", (number,))
            yield from (("package", ecosystem, name, body) for name, body in rows)

    def bodies(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Yield every ``(id, packed advisory)`` of ``kind`` ``advisory`` or ``report`` in order, for the same uses."""
        query = {
            "advisory": "SELECT id, body FROM advisory ORDER BY id",
            "report": "SELECT id, body FROM report ORDER BY id",
        }
        yield from self._rows(query[kind])

    def unpack(self, body: bytes) -> Advisory:
        """Return the advisory of one body of `bodies`."""
        try:
            return unpack_advisory(body, self._decompressor)
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise AdvisoryDatabaseError(f"an advisory is damaged: {error}", path=str(self.path)) from error

    def scores(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of ``kev`` (id, added, due) or ``epss`` (id, score, percentile)."""
        query = {"kev": "SELECT id, added, due FROM kev", "epss": "SELECT id, score, percentile FROM epss"}[table]
        yield from self._rows(query)

    def source_numbers(self) -> Mapping[str, int]:
        """Return the number that stands for each source in the rows of this file."""
        return dict(self._rows("SELECT name, id FROM source"))

    def _sources(self) -> tuple[SourceState, ...]:
        try:
            return tuple(unpack_state(body) for (body,) in self._rows("SELECT state FROM source ORDER BY name"))
        except msgspec.DecodeError as error:
            raise AdvisoryDatabaseError(f"the list of sources is damaged: {error}", path=str(self.path)) from error

    def _statements(self, ecosystem: str, name: str, body: bytes) -> tuple[Statement, ...]:
        try:
            return statements_of(ecosystem, name, body)
        except msgspec.DecodeError as error:
            raise AdvisoryDatabaseError(f"the row of {ecosystem} {name} is damaged", path=str(self.path)) from error

    def _advisories(self, query: str, ids: Iterable[str]) -> Mapping[str, Advisory]:
        return {identifier: self.unpack(body) for identifier, body in self._by_id(query, sorted(set(ids)))}

    def _by_id(self, query: str, values: Sequence[str], *before: object) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(values), _BATCH):
            batch = values[start : start + _BATCH]
            yield from self._rows(f"{query} ({','.join('?' * len(batch))})", (*before, *batch))

    def _rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise AdvisoryDatabaseError(f"the advisory database is damaged: {error}", path=str(self.path)) from error
