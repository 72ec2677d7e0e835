"""The file of an advisory database while it is filled: rows are staged, and packed by package in the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from urllib.parse import quote

import zstandard

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.schema import (
    CREATE_TABLES,
    SCHEMA_VERSION,
    join_rows,
    merge_bodies,
    pack_advisory,
    pack_state,
    pack_statement,
    rows_of_sources,
    split_rows,
)
from pratique.model.advisory import Advisory, Statement
from pratique.ports.advisories import SourceState

_BATCH = 5000
_REFUSED_KEPT = 1000
# Sources that have a table of their own.
_TABLES = {"kev": "kev", "epss": "epss", "end-of-life": "support"}
# Of several texts of one id that of the source with the lowest number stays, whichever is added first.
_KEEP_LOWEST = (
    "ON CONFLICT (id) DO UPDATE SET source = excluded.source, body = excluded.body WHERE excluded.source < source"
)
# The texts of the sources that are copied, and those of others that the statements copied speak of.
_COPY_TEXTS = (
    *(
        statement
        for table in ("advisory", "report")
        for statement in (
            f"INSERT OR IGNORE INTO needed SELECT id FROM last.{table} WHERE source IN"  # noqa: S608 - one of two
            " (SELECT old FROM renumbered WHERE copied)",
            f"INSERT INTO main.{table} SELECT text.id, renumbered.new, text.body FROM last.{table} AS text"  # noqa: S608
            " JOIN renumbered ON renumbered.old = text.source WHERE text.id IN (SELECT id FROM needed)"
            f" {_KEEP_LOWEST}",
        )
    ),
    "INSERT OR IGNORE INTO main.mention SELECT id, advisory FROM last.mention"
    " WHERE advisory IN (SELECT id FROM needed)",
)


class Staging:
    """Writes one database file.  Raises sqlite3.DatabaseError where the disk refuses."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._compressor = zstandard.ZstdCompressor(level=6)
        self._waiting: list[tuple[str, str, str, bytes]] = []
        self._numbers: dict[str, int] = {}
        for pragma in ("page_size=8192", "journal_mode=MEMORY", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(CREATE_TABLES)
        connection.execute("CREATE TEMP TABLE staged (kind TEXT, ecosystem TEXT, name TEXT, body BLOB)")

    def number(self, source: str) -> int:
        """Return the number of a source; the first one asked for has the lowest."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def add(self, advisory: Advisory, statements: Iterable[Statement], source: str) -> None:
        """Add one advisory with its statements; of several texts of one id the one of the lowest source stays."""
        self._add_text("advisory", advisory, source)
        mentioned = {identifier for identifier in (*advisory.aliases, *advisory.upstream) if identifier != advisory.id}
        self.connection.executemany(
            "INSERT OR IGNORE INTO mention VALUES (?, ?)", [(identifier, advisory.id) for identifier in mentioned]
        )
        self._add_statements("package", statements, source)

    def add_malicious(self, report: Advisory, statements: Iterable[Statement], source: str) -> None:
        """Add one report of a malicious package; a withdrawn one is left out."""
        if not report.withdrawn:
            self._add_text("report", report, source)
            self._add_statements("malicious", statements, source)

    def _add_text(self, table: str, text: Advisory, source: str) -> None:
        values = (text.id, self.number(source), pack_advisory(text, self._compressor))
        self.connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?) {_KEEP_LOWEST}", values)  # noqa: S608 - one of two

    def _add_statements(self, kind: str, statements: Iterable[Statement], source: str) -> None:
        number = self.number(source)
        for statement in dict.fromkeys(statements):
            self._wait(kind, statement.ecosystem, statement.name, join_rows([pack_statement(statement, number)]))

    def copy_sources(self, previous: SqliteDatabase, names: Sequence[str]) -> None:
        """Take the statements, texts, scores and refusals of these sources over from another database.

        Called when everything fetched has been added: a text that is there already stays.
        """
        place = f"file:{quote(str(previous.path.resolve()))}?mode=ro&immutable=1"
        self.connection.execute("ATTACH DATABASE ? AS last", (place,))
        self.begin()
        numbers = previous.source_numbers()
        self._copy_statements(previous, {numbers[name]: self.number(name) for name in names})
        self.connection.execute("CREATE TEMP TABLE renumbered (old INTEGER PRIMARY KEY, new INTEGER, copied INTEGER)")
        self.connection.executemany(
            "INSERT INTO renumbered VALUES (?, ?, ?)",
            [(number, self.number(name), int(name in names)) for name, number in numbers.items()],
        )
        for statement in _COPY_TEXTS:
            self.connection.execute(statement)
        for name in names:
            if name in _TABLES:
                table = _TABLES[name]
                self.connection.execute(f"INSERT INTO {table} SELECT * FROM last.{table}")  # noqa: S608 - one of three
            self.connection.execute("INSERT INTO refused SELECT * FROM last.refused WHERE source = ?", (name,))
        self.keep()
        self.connection.execute("DETACH DATABASE last")

    def _copy_statements(self, previous: SqliteDatabase, numbers: dict[int, int]) -> None:
        needed: set[str] = set()
        for kind, ecosystem, name, body in previous.rows():
            kept = rows_of_sources(body, numbers)
            if kept is not None:
                needed.update(row.advisory for row in split_rows(kept))
                self._wait(kind, ecosystem, name, kept)
        self.connection.execute("CREATE TEMP TABLE needed (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self.connection.executemany("INSERT INTO needed VALUES (?)", [(identifier,) for identifier in needed])

    def _wait(self, kind: str, ecosystem: str, name: str, body: bytes) -> None:
        self._waiting.append((kind, ecosystem, name, body))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self.connection.executemany("INSERT INTO staged VALUES (?, ?, ?, ?)", self._waiting)
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
        self._flush()
        self.connection.execute("COMMIT")

    def undo(self) -> None:
        """Take back what was added since `begin`."""
        self._waiting.clear()
        self.connection.execute("ROLLBACK")

    def pack(self, *, meta: Mapping[str, str], sources: Iterable[SourceState]) -> None:
        """Pack the staged rows by package, and write what the file is."""
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
            "INSERT INTO source VALUES (?, ?, ?)",
            [(self.number(state.name), state.name, pack_state(state)) for state in sources],
        )
        self.connection.executemany("INSERT INTO meta VALUES (?, ?)", [*meta.items(), ("schema", str(SCHEMA_VERSION))])
        self.connection.execute("COMMIT")
        self.connection.execute("DROP TABLE staged")

    def _packages(self) -> Iterator[tuple[str, str, str, bytes]]:
        rows = self.connection.execute("SELECT kind, ecosystem, name, body FROM staged ORDER BY 1, 2, 3")
        for (kind, ecosystem, name), group in groupby(rows, key=itemgetter(0, 1, 2)):
            yield kind, ecosystem, name, merge_bodies(row[3] for row in group)
