"""Reads rpm repositories' ``updateinfo.xml.gz``: which updates a repository holds, why, and of which packages.

The form is createrepo's (https://github.com/rpm-software-management/createrepo_c, ``src/updateinfo.h``).  The document
comes from the network: it is read as a stream under limits, and one that declares entities or a document type is
refused.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from msgspec import Struct, field

from pratique.errors import FeedError

MAX_BYTES = 1024 * 1024 * 1024
"""Bytes of one document, expanded; a larger one is refused."""

MAX_TEXT = 128 * 1024
"""Characters of one text that are kept."""

MAX_PACKAGES = 50_000
"""Packages of one update; an update with more is refused."""

_CHUNK = 256 * 1024
_TEXTS = frozenset({"id", "title", "severity", "description"})


class UpdatePackage(Struct, frozen=True):
    """One package file of an update; ``epoch`` is empty where none is stated."""

    name: str
    epoch: str
    version: str
    release: str
    architecture: str

    @property
    def evr(self) -> str:
        """``epoch:version-release`` as rpm writes it, the epoch left out where it is absent or 0."""
        epoch = f"{self.epoch}:" if self.epoch not in ("", "0") else ""
        return f"{epoch}{self.version}-{self.release}"


class UpdateReference(Struct, frozen=True):
    """One reference: its kind (``cve``, ``bugzilla``, ``self`` …), the id and the address."""

    kind: str
    id: str
    url: str


class Update(Struct):
    """One ``update`` element; times are as written there.  It is complete when `read_updates` yields it."""

    kind: str
    id: str = ""
    title: str = ""
    severity: str = ""
    description: str = ""
    issued: str = ""
    updated: str = ""
    references: list[UpdateReference] = field(default_factory=list)
    packages: list[UpdatePackage] = field(default_factory=list)


def read_updates(compressed: IO[bytes], *, name: str) -> Iterator[Update]:
    """Yield the updates of a gzip-compressed document; ``name`` is for messages.

    Raises FeedError where it is cut short, not gzip, not well formed, over a limit or declares entities.
    """
    reader = _Reader()
    read = 0
    try:
        with gzip.open(compressed, "rb") as file:
            while chunk := file.read(_CHUNK):
                read += len(chunk)
                if read > MAX_BYTES:
                    raise FeedError(f"the update list is over the limit of {MAX_BYTES} bytes", path=name)
                yield from reader.read(chunk)
            yield from reader.read(b"", last=True)
    except (OSError, EOFError, zlib.error, expat.ExpatError) as error:
        raise FeedError(f"the update list cannot be read: {error}", path=name) from error


def safe_parser() -> expat.XMLParserType:
    """Return a parser that refuses document types, so that no entity is ever declared, and reads UTF-8."""
    # The encoding is given because some of these documents declare `utf8`, which is no name of one.
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.buffer_text = True
    return parser


def _refuse_document_type(*_: object) -> None:
    raise FeedError("the document declares a document type, which none of its kind does")


class _Reader:
    """Collects updates from the events of one document."""

    def __init__(self) -> None:
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._depth = 0
        self._update: Update | None = None
        self._field = ""
        self._parts: list[str] = []
        self._length = 0
        self._done: list[Update] = []

    def read(self, chunk: bytes, *, last: bool = False) -> list[Update]:
        """Return the updates that ended in ``chunk``."""
        self._parser.Parse(chunk, last)
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and name != "updates":
            raise FeedError(f"not an update list: its root is {name[:50]}")
        update = self._update
        if update is None:
            if name == "update":
                self._update = Update(attributes.get("type", ""))
        elif name == "package":
            _add_package(update, attributes)
        elif name == "reference":
            values = (attributes.get(key, "") for key in ("type", "id", "href"))
            update.references.append(UpdateReference(*values))
        elif name in ("issued", "updated"):
            setattr(update, name, attributes.get("date", ""))
        elif self._depth == 3 and name in _TEXTS:  # noqa: PLR2004 - directly in an update
            self._field, self._parts, self._length = name, [], 0

    def _text(self, text: str) -> None:
        if self._field and self._length < MAX_TEXT:
            self._parts.append(text[: MAX_TEXT - self._length])
            self._length += len(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._update is None:
            return
        if name == self._field:
            setattr(self._update, name, "".join(self._parts).strip())
            self._field = ""
        elif name == "update":
            self._done.append(self._update)
            self._update = None


def _add_package(update: Update, attributes: dict[str, str]) -> None:
    if len(update.packages) >= MAX_PACKAGES:
        raise FeedError(f"an update has more than {MAX_PACKAGES} packages")
    keys = ("name", "epoch", "version", "release", "arch")
    update.packages.append(UpdatePackage(*(attributes.get(key, "") for key in keys)))
