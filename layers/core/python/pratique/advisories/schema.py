"""The SQLite schema of an advisory database, and how its rows are packed.

Everything that is known of one package of one ecosystem is one row, so that a look-up reads one place.  Rows are
never changed: a new revision is a new file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import zstandard

from pratique.model.advisory import Advisory, FixState, Interval, Statement

SCHEMA_VERSION = 4
"""Raised whenever a reader of the last version could not read the file, or what is read from sources changes."""

CREATE_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
    name TEXT PRIMARY KEY, records INTEGER, refused INTEGER, fetched TEXT, stale INTEGER, modified TEXT, etag TEXT,
    size INTEGER, content TEXT, problem TEXT
) WITHOUT ROWID;
CREATE TABLE refused (source TEXT, record TEXT, reason TEXT);
CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, name TEXT UNIQUE, packages INTEGER NOT NULL);
CREATE TABLE package (ecosystem INTEGER, name TEXT, body BLOB, PRIMARY KEY (ecosystem, name)) WITHOUT ROWID;
CREATE TABLE malicious (ecosystem TEXT, name TEXT, body BLOB, PRIMARY KEY (ecosystem, name)) WITHOUT ROWID;
CREATE TABLE report (id TEXT PRIMARY KEY, source TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE advisory (id TEXT PRIMARY KEY, source TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE mention (id TEXT, advisory TEXT, PRIMARY KEY (id, advisory)) WITHOUT ROWID;
CREATE TABLE kev (id TEXT PRIMARY KEY, added TEXT, due TEXT) WITHOUT ROWID;
CREATE TABLE epss (id TEXT PRIMARY KEY, score REAL, percentile REAL) WITHOUT ROWID;
"""


class StatementRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A statement without its package, as a list of values; ``source`` is the source that it was read from."""

    advisory: str
    source: str
    intervals: tuple[tuple[str, str, str], ...]
    versions: tuple[str, ...]
    fix_state: FixState
    note: str
    module: str
    architectures: tuple[str, ...]


_encoder = msgspec.msgpack.Encoder()
_rows_decoder = msgspec.msgpack.Decoder(tuple[StatementRow, ...])
_advisory_decoder = msgspec.msgpack.Decoder(Advisory)


def pack_statement(statement: Statement, source: str) -> bytes:
    """Return one statement's row."""
    spans = tuple((span.introduced, span.fixed, span.last_affected) for span in statement.intervals)
    row = StatementRow(
        statement.advisory,
        source,
        spans,
        statement.versions,
        statement.fix_state,
        statement.note,
        statement.module,
        statement.architectures,
    )
    return _encoder.encode(row)


def join_rows(rows: Iterable[bytes]) -> bytes:
    """Return the body of a package from its statements' rows."""
    return _encoder.encode([msgspec.Raw(row) for row in rows])


def split_rows(body: bytes) -> tuple[StatementRow, ...]:
    """Return the rows of a package's body; raises msgspec.DecodeError for a damaged one."""
    return _rows_decoder.decode(body)


def repack(row: StatementRow) -> bytes:
    """Return a row that was split off as bytes again."""
    return _encoder.encode(row)


def statements_of(ecosystem: str, name: str, body: bytes) -> Iterator[Statement]:
    """Yield the statements of a package's body."""
    for row in _rows_decoder.decode(body):
        yield Statement(
            row.advisory,
            ecosystem,
            name,
            tuple([Interval(*span) for span in row.intervals]),
            row.versions,
            row.fix_state,
            row.note,
            row.module,
            row.architectures,
        )


def pack_advisory(advisory: Advisory, compressor: zstandard.ZstdCompressor) -> bytes:
    """Return an advisory's body."""
    return compressor.compress(_encoder.encode(advisory))


def unpack_advisory(body: bytes, decompressor: zstandard.ZstdDecompressor) -> Advisory:
    """Return the advisory of a body; raises zstandard.ZstdError or msgspec.DecodeError for a damaged one."""
    return _advisory_decoder.decode(decompressor.decompress(body))
