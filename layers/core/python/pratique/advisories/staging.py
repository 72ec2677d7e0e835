"""The file of an advisory database while it is filled: rows are staged, and packed by package in the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import zstandard

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.schema import (
    CREATE_TABLES,
    SCHEMA_VERSION,
    join_rows,
    pack_advisory,
    pack_statement,
    repack,
    split_rows,
)
from pratique.model.advisory import Advisory, Statement
from pratique.ports.advisories import SourceState

_BATCH = 5000
_REFUSED_KEPT = 1000


class Staging:
    """Writes one database file.  Raises sqlite3.DatabaseError where the disk refuses."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._compressor = zstandard.ZstdCompressor(level=6)
        self._waiting: list[tuple[str, str, str, str, bytes]] = []
        for pragma in ("page_size=8192", "journal_mode=MEMORY", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(CREATE_TABLES)
        connection.execute("CREATE TEMP TABLE staged (kind TEXT, ecosystem TEXT, name TEXT, advisory TEXT, body BLOB)")

    def add(self, advisory: Advisory, statements: Iterable[Statement], source: str) -> None:
        """Add one advisory with its statements; the text of an id that is there already is kept."""
        self._add_packed(advisory, pack_advisory(advisory, self._compressor))
        self._add_statements("package", statements, source)

    def add_malicious(self, report: Advisory, statements: Iterable[Statement], source: str) -> None:
        """Add one report of a malicious package; a withdrawn one is left out."""
        if not report.withdrawn:
            self._add_report(report, pack_advisory(report, self._compressor))
            self._add_statements("malicious", statements, source)

    def copy_source(self, previous: SqliteDatabase, source: str) -> None:
        """Take one source's statements, advisories and scores over from another database."""
        needed: set[str] = set()
        for kind, ecosystem, name, body in previous.rows():
            for row in split_rows(body):
                if row.source == source:
                    needed.add(row.advisory)
                    self._add_row(kind, ecosystem, name, row.advisory, repack(row))
        for kind, add in (("advisory", self._add_packed), ("report", self._add_report)):
            for identifier, body in previous.bodies(kind):
                if identifier in needed:
                    add(previous.unpack(body), body)
        for table, marks in (("kev", "?, ?, ?"), ("epss", "?, ?, ?")):
            if table == source:
                self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", previous.scores(table))  # noqa: S608 - a name from above
        self.add_refused(source, [(record, why) for name, record, why in previous.refused() if name == source])

    def _add_packed(self, advisory: Advisory, body: bytes) -> None:
        self.connection.execute("INSERT OR IGNORE INTO advisory VALUES (?, ?, ?)", (advisory.id, advisory.source, body))
        mentioned = {identifier for identifier in (*advisory.aliases, *advisory.upstream) if identifier != advisory.id}
        self.connection.executemany(
            "INSERT OR IGNORE INTO mention VALUES (?, ?)", [(identifier, advisory.id) for identifier in mentioned]
        )

    def _add_report(self, report: Advisory, body: bytes) -> None:
        self.connection.execute("INSERT OR IGNORE INTO report VALUES (?, ?, ?)", (report.id, report.source, body))

    def _add_statements(self, kind: str, statements: Iterable[Statement], source: str) -> None:
        for statement in statements:
            row = pack_statement(statement, source)
            self._add_row(kind, statement.ecosystem, statement.name, statement.advisory, row)

    def _add_row(self, kind: str, ecosystem: str, name: str, advisory: str, body: bytes) -> None:
        self._waiting.append((kind, ecosystem, name, advisory, body))
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self.connection.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def add_refused(self, source: str, refused: Sequence[tuple[str, str]]) -> None:
        """List records of a source that could not be read, as (record, reason); the first thousand."""
        self.connection.executemany(
            "INSERT INTO refused VALUES (?, ?, ?)",
            [(source, record[:300], reason[:500]) for record, reason in refused[:_REFUSED_KEPT]],
        )

    def begin(self) -> None:
        """Begin one source, which `keep` or `undo` ends."""
        self.connection.execute("BEGIN")

    def keep(self) -> None:
        """Keep what was added since `begin`."""
        self.flush()
        self.connection.execute("COMMIT")

    def undo(self) -> None:
        """Take back what was added since `begin`."""
        self._waiting.clear()
        self.connection.execute("ROLLBACK")

    def pack(self, *, meta: dict[str, str], sources: Iterable[SourceState]) -> None:
        """Pack the staged rows by package, write what the file is, and shrink it."""
        self.connection.execute("BEGIN")
        numbers: dict[str, int] = {}
        packages: dict[str, int] = {}
        for kind, ecosystem, name, body in self._packages():
            if kind == "malicious":
                self.connection.execute("INSERT INTO malicious VALUES (?, ?, ?)", (ecosystem, name, body))
                continue
            number = numbers.setdefault(ecosystem, len(numbers) + 1)
            packages[ecosystem] = packages.get(ecosystem, 0) + 1
            self.connection.execute("INSERT INTO package VALUES (?, ?, ?)", (number, name, body))
        self.connection.executemany(
            "INSERT INTO ecosystem VALUES (?, ?, ?)",
            [(number, name, packages[name]) for name, number in numbers.items()],
        )
        self.connection.executemany(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [_source_row(state) for state in sources]
        )
        self.connection.executemany("INSERT INTO meta VALUES (?, ?)", [*meta.items(), ("schema", str(SCHEMA_VERSION))])
        self.connection.execute("COMMIT")
        self.connection.execute("DROP TABLE staged")

    def _packages(self) -> Iterator[tuple[str, str, str, bytes]]:
        rows = self.connection.execute(
            "SELECT DISTINCT kind, ecosystem, name, advisory, body FROM staged ORDER BY 1, 2, 3, 4, 5"
        )
        for (kind, ecosystem, name), group in groupby(rows, key=itemgetter(0, 1, 2)):
            yield kind, ecosystem, name, join_rows(row[4] for row in group)


def _source_row(state: SourceState) -> tuple[object, ...]:
    return (
        state.name,
        state.records,
        state.refused,
        state.fetched,
        int(state.stale),
        state.modified,
        state.etag,
        state.size,
        state.content,
        state.problem,
    )
