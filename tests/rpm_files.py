"""Small rpm databases of every format, built byte by byte for tests."""

from __future__ import annotations

import sqlite3
import struct
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_INT16, _INT32, _STRING, _STRING_ARRAY = 3, 4, 6, 8


@dataclass(frozen=True, slots=True)
class RpmDigest:
    """What a header says of one file beside its path."""

    digest: str
    flags: int = 0
    verify: int = 0xFFFFFFFF
    mode: int = 0o100755


def header(  # noqa: PLR0913 - each is one tag
    *,
    name: str = "zlib",
    version: str = "1.2.11",
    release: str = "40.el9",
    epoch: int = 0,
    arch: str = "x86_64",
    source: str = "zlib-1.2.11-40.el9.src.rpm",
    module: str = "",
    files: Sequence[str] = (),
    digests: Mapping[str, RpmDigest] | None = None,
    filler: int = 0,
) -> bytes:
    """Return a header blob as a database holds it; ``filler`` bytes of description make it long."""
    tags: list[tuple[int, int, int, bytes]] = [
        (tag, _STRING, 1, text.encode() + b"\0")
        for tag, text in ((1000, name), (1001, version), (1002, release), (1014, "zlib"), (1022, arch), (1044, source))
        if text
    ]
    if epoch:
        tags.append((1003, _INT32, 1, struct.pack(">I", epoch)))
    if module:
        tags.append((5096, _STRING, 1, module.encode() + b"\0"))
    if files:
        folders = sorted({path.rpartition("/")[0] + "/" for path in files})
        indexes = [folders.index(path.rpartition("/")[0] + "/") for path in files]
        tags.append((1116, _INT32, len(files), struct.pack(f">{len(files)}I", *indexes)))
        names = b"".join(path.rpartition("/")[2].encode() + b"\0" for path in files)
        tags.append((1117, _STRING_ARRAY, len(files), names))
        tags.append((1118, _STRING_ARRAY, len(folders), b"".join(folder.encode() + b"\0" for folder in folders)))
    if digests:
        each = [digests[path] for path in files]
        count = len(each)
        tags.append((1030, _INT16, count, struct.pack(f">{count}H", *(one.mode for one in each))))
        tags.append((1035, _STRING_ARRAY, count, b"".join(one.digest.encode() + b"\0" for one in each)))
        tags.append((1037, _INT32, count, struct.pack(f">{count}I", *(one.flags for one in each))))
        tags.append((1045, _INT32, count, struct.pack(f">{count}I", *(one.verify for one in each))))
    if filler:
        tags.append((1005, _STRING, 1, b"d" * filler + b"\0"))
    index, data = b"", b""
    for tag, kind, count, body in tags:
        data += bytes(-len(data) % 4 if kind == _INT32 else 0)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += body
    return struct.pack(">II", len(tags), len(data)) + index + data


def ndb_file(headers: Sequence[bytes]) -> bytes:
    """Return a ``Packages.db`` of one slot page."""
    blobs, slots = b"", b""
    for number, blob in enumerate(headers, 1):
        start = 4096 + len(blobs)
        size = 16 + len(blob) + 12
        size += -size % 16
        blobs += (struct.pack("<4sIII", b"BlbS", number, 1, len(blob)) + blob).ljust(size - 12, b"\0")
        blobs += struct.pack("<II4s", 0, len(blob), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, start // 16, size // 16)
    empty = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    page = struct.pack("<4sIIIII8x", b"RpmP", 0, 1, 1, len(headers) + 1, 0) + slots
    return page + empty * ((4096 - len(page)) // 16) + blobs


def bdb_file(headers: Sequence[bytes], *, order: str, page_size: int = 4096) -> bytes:
    """Return a hash file with one hash page; values that do not fit lie in overflow pages."""
    overflow: list[bytes] = []
    entries: list[bytes] = [struct.pack(f"{order}BI", 1, 0), struct.pack(f"{order}BI", 1, len(headers))]
    room = page_size - 26
    for number, blob in enumerate(headers, 1):
        entries.append(struct.pack(f"{order}BI", 1, number))
        if len(blob) < page_size // 8:
            entries.append(b"\1" + blob)
            continue
        entries.append(struct.pack(f"{order}B3xII", 3, 2 + len(overflow), len(blob)))
        parts = [blob[start : start + room] for start in range(0, len(blob), room)]
        for position, part in enumerate(parts):
            following = 3 + len(overflow) if position + 1 < len(parts) else 0
            head = struct.pack(f"{order}8xIIIHHBB", 2 + len(overflow), 0, following, 1, len(part), 0, 7)
            overflow.append((head + part).ljust(page_size, b"\0"))
    offsets, place = [], page_size
    for entry in entries:
        place -= len(entry)
        offsets.append(place)
    page = struct.pack(f"{order}8xIIIHHBB", 1, 0, 0, len(entries), place, 0, 13)
    page += struct.pack(f"{order}{len(offsets)}H", *offsets)
    page = page.ljust(place, b"\0") + b"".join(reversed(entries))
    meta = struct.pack(f"{order}8xIIIIBBxxII", 0, 0x61561, 9, page_size, 0, 8, 0, 1 + len(overflow))
    return meta.ljust(page_size, b"\0") + page + b"".join(overflow)


def sqlite_file(headers: Sequence[bytes], *, page_size: int = 4096) -> bytes:
    """Return an ``rpmdb.sqlite``, made by SQLite itself."""
    return sqlite_files(headers, (), page_size=page_size)[0]


def sqlite_files(first: Sequence[bytes], logged: Sequence[bytes], *, page_size: int = 4096) -> tuple[bytes, bytes]:
    """Return an ``rpmdb.sqlite`` that holds ``first`` and a write-ahead log that adds ``logged``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rpmdb.sqlite")
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute("CREATE TABLE 'Other' (a INTEGER)")
        connection.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        connection.executemany("INSERT INTO Packages(blob) VALUES (?)", [(blob,) for blob in first])
        connection.commit()
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executemany("INSERT INTO Packages(blob) VALUES (?)", [(blob,) for blob in logged])
        connection.commit()
        log = Path(f"{path}-wal")
        read = path.read_bytes(), log.read_bytes() if log.exists() else b""
        connection.close()
        return read
