"""Our own tar walker: one pass, bounded memory, no copy of what nobody wants.

It reads what container runtimes read (Go's archive/tar): ustar, GNU long names, pax records of single entries,
sparse files.  Global pax records are passed over, as there.  The standard library's reader is its oracle in tests
and some twenty times slower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from pratique.archive import sparse
from pratique.archive.limits import Limits
from pratique.archive.paths import normalise
from pratique.archive.pax import parse_pax
from pratique.archive.sparse import Sparse
from pratique.archive.tar_header import BLOCK, Header, parse_header
from pratique.errors import ArchiveError

_ZEROS = b"\0" * BLOCK


class EntryKind(Enum):
    """What an entry puts into the tree."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    SPECIAL = "special"


_KINDS = {
    b"0": EntryKind.FILE,
    b"\0": EntryKind.FILE,
    b"7": EntryKind.FILE,
    b"S": EntryKind.FILE,
    b"1": EntryKind.HARDLINK,
    b"2": EntryKind.SYMLINK,
    b"3": EntryKind.SPECIAL,
    b"4": EntryKind.SPECIAL,
    b"5": EntryKind.FOLDER,
    b"6": EntryKind.SPECIAL,
}
_WITHOUT_DATA = frozenset(kind for kind, means in _KINDS.items() if means is not EntryKind.FILE)
_EXTENSIONS = frozenset({b"L", b"K", b"x", b"g"})


@dataclass(slots=True)
class TarEntry:
    """One entry.  ``path`` is normalised, ``link`` as written, ``size`` that of the content in bytes."""

    path: str
    kind: EntryKind
    size: int
    mode: int
    link: str


@dataclass(slots=True)
class _Extensions:
    """What the extended headers before an entry say about it."""

    name: bytes | None = None
    link: bytes | None = None
    records: dict[str, bytes] | None = None


class TarWalker:
    """Iterates over the entries of a tar; while at one, `head` and `body` give its content.

    ``refused`` holds (path, reason) of entries that were passed over because they leave the root or are over a
    limit.  Raises ArchiveError where the rest cannot be read; all entries before have been given out.
    """

    def __init__(self, chunks: Iterable[bytes], limits: Limits) -> None:
        """Read nothing yet."""
        self._chunks = iter(chunks)
        self._limits = limits
        self._buffer = b""
        self._position = 0
        self._data_left = 0  # of the entry at hand, padding included
        self._stored = 0  # bytes of data of the entry at hand
        self._sparse: Sparse | None = None
        self.entries = 0
        self.refused: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[TarEntry]:
        """Yield every entry, in the archive's order."""
        extensions = _Extensions()
        while (block := self._next_block()) is not None:
            header = parse_header(block)
            if header.kind in _EXTENSIONS:
                self._extend(extensions, header)
                continue
            self.entries += 1
            if self.entries > self._limits.entries:
                raise ArchiveError(f"the layer has more than {self._limits.entries} entries")
            entry = self._entry(header, extensions, block)
            extensions = _Extensions()
            if entry is not None:
                yield entry

    def head(self, size: int) -> bytes:
        """Return the first bytes of the entry at hand, at most ``size``, without passing over them."""
        wanted = min(size, self._stored)
        while len(self._buffer) - self._position < wanted:
            self._pull("an entry's data")
        return self._buffer[self._position : self._position + wanted]

    def body(self) -> bytes:
        """Return the whole content of the entry at hand; once only."""
        stored = self._take(self._stored)
        self._data_left -= self._stored
        self._stored = 0
        return stored if self._sparse is None else self._sparse.expand(stored)

    def _entry(self, header: Header, extensions: _Extensions, block: bytes) -> TarEntry | None:
        records = extensions.records or {}
        size = _size(header, records)
        if header.kind in _WITHOUT_DATA:
            size = 0
        self._begin_data(size)
        self._sparse = self._sparse_map(header, records, block)
        name = records.get("path", extensions.name if extensions.name is not None else header.name)
        name = records.get("GNU.sparse.name", name)
        link = records.get("linkpath", extensions.link if extensions.link is not None else header.link)
        kind = _KINDS.get(header.kind)
        if kind is EntryKind.FILE and name.endswith(b"/"):
            kind = EntryKind.FOLDER  # before ustar, a folder was a file with this name
        if kind is None:
            self._refuse(name, f"entry type {header.kind!r} is not one that container runtimes unpack")
            return None
        try:
            path = normalise(name, self._limits)
        except ArchiveError as error:
            self._refuse(name, error.message)
            return None
        length = size if self._sparse is None else self._sparse.size
        return TarEntry(path, kind, length, header.mode, link.decode("utf-8", "backslashreplace"))

    def _refuse(self, name: bytes, reason: str) -> None:
        self.refused.append((name.decode("utf-8", "backslashreplace").replace("\0", "\\x00")[:300], reason))

    def _sparse_map(self, header: Header, records: dict[str, bytes], block: bytes) -> Sparse | None:
        if header.kind == b"S":
            return sparse.old_gnu(block, lambda: self._take(BLOCK))
        if "GNU.sparse.major" in records and records["GNU.sparse.major"] == b"1":
            size = int(records.get("GNU.sparse.realsize", b"0"))
            head = self.head(self._limits.header_bytes)
            found, taken = sparse.leading_map(head, size)
            self._take(taken)
            self._data_left -= taken
            self._stored -= taken
            return found
        return sparse.from_pax(records)

    def _extend(self, extensions: _Extensions, header: Header) -> None:
        if header.size > self._limits.header_bytes:
            raise ArchiveError(f"an extended header has more than {self._limits.header_bytes} bytes")
        self._begin_data(header.size)
        body = self._take(header.size)
        self._data_left -= header.size
        self._stored = 0
        if header.kind == b"L":
            extensions.name = body.partition(b"\0")[0]
        elif header.kind == b"K":
            extensions.link = body.partition(b"\0")[0]
        elif header.kind == b"x":
            extensions.records = parse_pax(body)

    def _begin_data(self, size: int) -> None:
        self._stored = size
        self._data_left = -(-size // BLOCK) * BLOCK

    def _next_block(self) -> bytes | None:
        """Return the next header block, None at the archive's end, which is drained."""
        self._skip(self._data_left)
        self._data_left = self._stored = 0
        block = self._read(BLOCK)
        if not block:
            return None
        if len(block) < BLOCK:
            raise ArchiveError("the archive ends in the middle of a header")
        if block == _ZEROS:
            block = self._read(BLOCK)
            if block and block != _ZEROS[: len(block)]:
                raise ArchiveError("data follow a single block of zeros")
            self._drain()
            return None
        return block

    def _drain(self) -> None:
        self._buffer = b""
        self._position = 0
        for _ in self._chunks:
            pass

    def _read(self, size: int) -> bytes:
        """Return ``size`` bytes, fewer only at the end of the stream."""
        while len(self._buffer) - self._position < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._buffer = self._buffer[self._position :] + chunk
            self._position = 0
        body = self._buffer[self._position : self._position + size]
        self._position += len(body)
        return body

    def _take(self, size: int) -> bytes:
        """Return exactly ``size`` bytes, joined once however many chunks they come in."""
        parts = [self._buffer[self._position : self._position + size]]
        missing = size - len(parts[0])
        self._position += len(parts[0])
        while missing:
            self._next_chunk("an entry's data")
            part = self._buffer[:missing]
            self._position = len(part)
            missing -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _skip(self, size: int) -> None:
        available = len(self._buffer) - self._position
        while size > available:
            size -= available
            self._next_chunk("an entry's data")
            available = len(self._buffer)
        self._position += size

    def _pull(self, what: str) -> None:
        rest = self._buffer[self._position :]
        self._next_chunk(what)
        self._buffer = rest + self._buffer

    def _next_chunk(self, what: str) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise ArchiveError(f"the archive ends in the middle of {what}")
        self._buffer = chunk
        self._position = 0


def _size(header: Header, records: dict[str, bytes]) -> int:
    stated = records.get("size")
    if stated is None:
        return header.size
    if not stated.isdigit() or len(stated) > 18:  # noqa: PLR2004 - digits of the largest size there is
        raise ArchiveError("a pax record has a malformed size")
    return int(stated)
