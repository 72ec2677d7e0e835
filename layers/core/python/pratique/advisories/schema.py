"""The SQLite schema of an advisory database, and how its rows are packed.

Everything that is known of one package of one ecosystem is one row, so that a look-up reads one place.  Rows are
never changed: a new revision is a new file.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import zstandard

from pratique.model.advisory import Advisory, FixState, Interval, Statement
from pratique.ports.advisories import SourceState

SCHEMA_VERSION = 7
"""Raised whenever a reader of the last version could not read the file, or what is read from sources changes."""

# `advisory.source` and `report.source` are the number of the source whose text it is, the lowest that has the id.
CREATE_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE, state BLOB NOT NULL);
CREATE TABLE refused (source TEXT, record TEXT, reason TEXT);
CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, name TEXT UNIQUE, packages INTEGER NOT NULL);
CREATE TABLE package (ecosystem INTEGER, name TEXT, body BLOB, PRIMARY KEY (ecosystem, name)) WITHOUT ROWID;
CREATE TABLE malicious (ecosystem TEXT, name TEXT, body BLOB, PRIMARY KEY (ecosystem, name)) WITHOUT ROWID;
CREATE TABLE report (id TEXT PRIMARY KEY, source INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE advisory (id TEXT PRIMARY KEY, source INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE mention (id TEXT, advisory TEXT, PRIMARY KEY (id, advisory)) WITHOUT ROWID;
CREATE TABLE kev (id TEXT PRIMARY KEY, added TEXT, due TEXT) WITHOUT ROWID;
CREATE TABLE support (distribution TEXT, release TEXT, ends TEXT, PRIMARY KEY (distribution, release)) WITHOUT ROWID;
CREATE TABLE epss (id TEXT PRIMARY KEY, score REAL, percentile REAL) WITHOUT ROWID;
"""


class StatementRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A statement without its package, as a list of values that ends before the last ones that are defaults.

    ``source`` is the number of the source that it was read from.
    """

    advisory: str
    source: int
    intervals: tuple[Interval, ...] = ()
    fix_state: FixState = FixState.UNKNOWN
    versions: tuple[str, ...] = ()
    note: str = ""
    module: str = ""
    architectures: tuple[str, ...] = ()


_DEFAULTS = (None, None, (), FixState.UNKNOWN, (), "", "", ())
_encoder = msgspec.msgpack.Encoder()
_rows_decoder = msgspec.msgpack.Decoder(tuple[StatementRow, ...])
_raw_decoder = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...])
_advisory_decoder = msgspec.msgpack.Decoder(Advisory)
_state_decoder = msgspec.msgpack.Decoder(SourceState)


def pack_statement(statement: Statement, source: int) -> bytes:
    """Return one statement's row."""
    values: list[object] = [
        statement.advisory,
        source,
        [_trimmed(span, ("", "", "")) for span in statement.intervals],
        statement.fix_state,
        statement.versions,
        statement.note,
        statement.module,
        statement.architectures,
    ]
    return _encoder.encode(_trimmed(values, _DEFAULTS))


def _trimmed(values: Iterable[object], defaults: tuple[object, ...]) -> list[object]:
    kept = list(values)
    while kept and kept[-1] == defaults[len(kept) - 1]:
        kept.pop()
    return kept


def join_rows(rows: Iterable[bytes]) -> bytes:
    """Return the body of a package from its statements' rows."""
    return _encoder.encode([msgspec.Raw(row) for row in rows])


def merge_bodies(bodies: Iterable[bytes]) -> bytes:
    """Return one body from several of one package, its rows in the order of their advisories."""
    parts = list(bodies)
    if len(parts) == 1:
        return parts[0]
    rows = [
        (row.advisory, bytes(raw))
        for body in parts
        for row, raw in zip(_rows_decoder.decode(body), _raw_decoder.decode(body), strict=True)
    ]
    return join_rows(row for _, row in sorted(set(rows)))


def rows_of_sources(body: bytes, numbers: dict[int, int]) -> bytes | None:
    """Return the rows that are of the sources in ``numbers``, under the numbers these have there now; None for none."""
    kept = [row for row in _rows_decoder.decode(body) if row.source in numbers]
    if not kept:
        return None
    if all(numbers[row.source] == row.source for row in kept):
        return body if len(kept) == len(_raw_decoder.decode(body)) else join_rows(_repack(row) for row in kept)
    return join_rows(_repack(msgspec.structs.replace(row, source=numbers[row.source])) for row in kept)


def _repack(row: StatementRow) -> bytes:
    spans = [_trimmed(span, ("", "", "")) for span in row.intervals]
    values = (row.advisory, row.source, spans, row.fix_state, row.versions, row.note, row.module, row.architectures)
    return _encoder.encode(_trimmed(values, _DEFAULTS))


def split_rows(body: bytes) -> tuple[StatementRow, ...]:
    """Return the rows of a package's body; raises msgspec.DecodeError for a damaged one."""
    return _rows_decoder.decode(body)


def statements_of(ecosystem: str, name: str, body: bytes) -> tuple[Statement, ...]:
    """Return the statements of a package's body; raises msgspec.DecodeError for a damaged one."""
    make = Statement._make  # half the time of a call with each value by itself
    return tuple(
        [
            make(
                (
                    row.advisory,
                    ecosystem,
                    name,
                    row.intervals,
                    row.versions,
                    row.fix_state,
                    row.note,
                    row.module,
                    row.architectures,
                )
            )
            for row in _rows_decoder.decode(body)
        ]
    )


def pack_advisory(advisory: Advisory, compressor: zstandard.ZstdCompressor) -> bytes:
    """Return an advisory's body."""
    return compressor.compress(_encoder.encode(advisory))


def unpack_advisory(body: bytes, decompressor: zstandard.ZstdDecompressor) -> Advisory:
    """Return the advisory of a body; raises zstandard.ZstdError or msgspec.DecodeError for a damaged one."""
    return _advisory_decoder.decode(decompressor.decompress(body))


def pack_state(state: SourceState) -> bytes:
    """Return the body of a source's state."""
    return _encoder.encode(state)


def unpack_state(body: bytes) -> SourceState:
    """Return the state of a body; raises msgspec.DecodeError for a damaged one."""
    return _state_decoder.decode(body)
