"""Our own tar walker: one pass, bounded memory, no copy of what nobody wants.

It reads what container runtimes read (Go's archive/tar): ustar, GNU long names, pax records of single entries,
sparse files.  Global pax records are passed over, as there, and told of where they would name or size entries.  The
standard library's reader is its oracle in tests and some twenty times slower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct, field

from pratique.archive import sparse
from pratique.archive.byte_window import ByteWindow
from pratique.archive.limits import Limits
from pratique.archive.pax import parse_pax
from pratique.archive.sparse import Sparse
from pratique.archive.tar_header import (
    BLOCK,
    TarError,
    TarOverLimit,
    check,
    is_gnu,
    link_of,
    mode_of,
    name_of,
    owner_of,
    size_of,
)

_ZEROS = bytes(BLOCK)


class EntryKind(Enum):
    """What an entry puts into the tree; ``UNKNOWN`` types are ones that no container runtime unpacks."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    SPECIAL = "special"
    UNKNOWN = "unknown"


_OLD_FILE, _SPARSE = 0, ord("S")
_KINDS = {
    ord("0"): EntryKind.FILE,
    _OLD_FILE: EntryKind.FILE,
    ord("7"): EntryKind.FILE,
    _SPARSE: EntryKind.FILE,
    ord("1"): EntryKind.HARDLINK,
    ord("2"): EntryKind.SYMLINK,
    ord("3"): EntryKind.SPECIAL,
    ord("4"): EntryKind.SPECIAL,
    ord("5"): EntryKind.FOLDER,
    ord("6"): EntryKind.SPECIAL,
}
_UNKNOWN = EntryKind.UNKNOWN  # as a constant: before Python 3.12, finding a member by its name is a call
_LINKS = (EntryKind.SYMLINK, EntryKind.HARDLINK)
_WITH_DATA = (EntryKind.FILE, EntryKind.UNKNOWN)
_LONG_NAME, _LONG_LINK, _PAX, _GLOBAL_PAX = (ord(letter) for letter in "LKxg")
_EXTENSIONS = frozenset({_LONG_NAME, _LONG_LINK, _PAX, _GLOBAL_PAX})
_TELLING = frozenset({"path", "linkpath", "size"})


class TarEntry(Struct, frozen=True, gc=False):
    """One entry.  ``name`` and ``link`` are as written, ``size`` is the content's in bytes."""

    name: bytes
    kind: EntryKind
    size: int
    link: bytes
    header: bytes

    @property
    def mode(self) -> int:
        """The permission bits."""
        return mode_of(self.header)

    @property
    def owner(self) -> tuple[int, int]:
        """The numbers of user and group."""
        return owner_of(self.header)


class _Extensions(Struct):
    """What the extended headers before an entry say about it."""

    name: bytes | None = None
    link: bytes | None = None
    records: dict[str, bytes] = field(default_factory=dict)


class TarWalker:
    """Iterates over the entries of a tar; while at one, `head` and `body` give its content.

    ``notes`` holds what is odd about the archive without making it unreadable.  Raises TarError where the rest
    cannot be read, after all entries before have been given out.
    """

    def __init__(self, chunks: Iterable[bytes], limits: Limits) -> None:
        """Read nothing yet."""
        self._window = ByteWindow(chunks)
        self._limits = limits
        self._data = 0  # bytes of the entry at hand that were not taken
        self._padding = 0
        self._sparse: Sparse | None = None
        self._extensions: _Extensions | None = None
        self.entries = 0
        self.notes: dict[str, None] = {}

    def __iter__(self) -> Iterator[TarEntry]:
        """Yield every entry, in the archive's order."""
        window, most = self._window, self._limits.entries
        while True:
            at = window.at + self._data + self._padding
            block = window.chunk[at : at + BLOCK]
            if len(block) == BLOCK and block[0]:
                # Nearly always: a named entry in the chunk at hand.
                window.at = at + BLOCK
                self._data = self._padding = 0
                self._sparse = None
            elif not (block := self._next_header()):
                return
            check(block)
            flag = block[156]
            if flag in _EXTENSIONS:
                self._extend(flag, block)
                continue
            self.entries += 1
            if self.entries > most:
                raise TarOverLimit(f"the layer has more than {most} entries")
            kind = _KINDS.get(flag, _UNKNOWN)
            if self._extensions is not None or flag in (_SPARSE, _OLD_FILE):
                yield self._unusual(block, kind)
                continue
            size = 0
            if kind in _WITH_DATA and (size := size_of(block)):
                self._data = size
                self._padding = -size % BLOCK
            yield TarEntry(name_of(block), kind, size, link_of(block) if kind in _LINKS else b"", block)

    def head(self, size: int) -> bytes:
        """Return the first bytes of the entry at hand as stored, at most ``size``, without passing over them."""
        window, size = self._window, min(size, self._data)
        head = window.chunk[window.at : window.at + size]
        return head if len(head) == size else window.peek(size)

    def body(self) -> bytes:
        """Return the whole content of the entry at hand; once only."""
        stored = self._take(self._data)
        self._data = 0
        return stored if self._sparse is None else self._sparse.expand(stored)

    def _unusual(self, block: bytes, kind: EntryKind) -> TarEntry:
        """Return an entry that extended headers speak of, or of an old kind."""
        extensions, self._extensions = self._extensions or _Extensions(), None
        records = extensions.records
        name = extensions.name if extensions.name is not None else records.get("path") or name_of(block)
        link = extensions.link if extensions.link is not None else records.get("linkpath") or link_of(block)
        if block[156] == _OLD_FILE and name.endswith(b"/"):
            kind = EntryKind.FOLDER  # before ustar, a folder was a file with such a name
        size = 0
        if kind in _WITH_DATA:
            size = _pax_size(records) if records.get("size") else size_of(block)
            self._data, self._padding = size, -size % BLOCK
        if (found := self._sparse_map(block, records)) is not None:
            found.check(self._data)
            if kind is not EntryKind.FILE:
                raise TarError("an entry without content is said to be sparse")
            self._sparse = found
            name = records.get("GNU.sparse.name") or name
            size = found.size
        return TarEntry(name, kind, size, link if kind in _LINKS else b"", block)

    def _sparse_map(self, block: bytes, records: dict[str, bytes]) -> Sparse | None:
        if block[156] == _SPARSE:
            if not is_gnu(block):
                raise TarError("a sparse file's header has not GNU's form")
            return sparse.old_gnu(block, lambda: self._take(BLOCK))
        if sparse.has_leading_map(records):
            return sparse.leading_map(self._map_block, sparse.real_size(records))
        return sparse.from_pax(records)

    def _map_block(self) -> bytes:
        if self._data < BLOCK:
            raise TarError("a sparse file's map is cut short")
        self._data -= BLOCK
        return self._take(BLOCK)

    def _extend(self, flag: int, block: bytes) -> None:
        size = size_of(block)
        if size > self._limits.header_bytes:
            raise TarOverLimit(f"an extended header has more than {self._limits.header_bytes} bytes")
        body = self._take(size)
        self._padding = -size % BLOCK
        extensions = self._extensions or _Extensions()
        if flag == _GLOBAL_PAX:
            self._extensions = None
            if _TELLING & parse_pax(body).keys():
                self.notes["global pax headers name or size entries, which container runtimes do not heed"] = None
            return
        self._extensions = extensions
        if flag == _LONG_NAME:
            extensions.name = body.partition(b"\0")[0]
        elif flag == _LONG_LINK:
            extensions.link = body.partition(b"\0")[0]
        else:
            extensions.records = parse_pax(body)

    def _next_header(self) -> bytes:
        """Return the next header block, nothing at the archive's end."""
        window = self._window
        missing = window.skip(self._data + self._padding)
        # Some writers leave out the padding of the last entry.
        if missing > self._padding:
            raise TarError("the archive ends in the middle of an entry")
        self._data = self._padding = 0
        self._sparse = None
        block = window.take(BLOCK)
        if len(block) == BLOCK and block != _ZEROS:
            return block
        if len(block) % BLOCK:
            raise TarError("the archive ends in the middle of a header")
        if block:
            after = window.take(BLOCK)
            if after != _ZEROS[: len(after)]:
                raise TarError("data follow a single block of zeros")
        return b""

    def _take(self, size: int) -> bytes:
        taken = self._window.take(size)
        if len(taken) != size:
            raise TarError("the archive ends in the middle of an entry")
        return taken


def _pax_size(records: dict[str, bytes]) -> int:
    digits = records["size"]
    if not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 - digits of the largest size there is
        raise TarError("a pax record has a malformed size")
    return int(digits)
