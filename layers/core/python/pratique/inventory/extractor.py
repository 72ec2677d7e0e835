"""What an extractor is, how it says which files it wants, and how a layer pass chooses among all of them.

Selection is data (`PathPatterns`), parsing is a plain function over bytes, building the value is `FormatExtractor`'s.
"""

from __future__ import annotations

import logging
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from pratique.errors import ArchiveError, ExtractorError
from pratique.model.distribution import Distribution
from pratique.model.inventory import Diversion, FileInventory
from pratique.model.package import Package

_log = logging.getLogger(__name__)

# What a parser meets in malformed bytes; anything else is a bug of ours and must not be hidden.
_MALFORMED = (ValueError, LookupError, ArithmeticError, RecursionError, struct.error, zlib.error)

_NO_COMPANIONS: Mapping[str, bytes] = MappingProxyType({})
_SMALLEST_EXECUTABLE = 256
MAGIC_BYTES = 8
"""How many of a file's first bytes say whether it is an executable."""
_ELF = b"\x7fELF"
_PE = b"MZ"
_MACH_O = frozenset({b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"})
_MACH_O_FAT = b"\xca\xfe\xba\xbe"
_MAGIC_FIRST = frozenset(magic[0] for magic in (_ELF, _PE, _MACH_O_FAT, *_MACH_O))
# A Java class begins with the same four bytes; its next four hold a version of 45 or more where Mach-O counts machines.
_FAT_MACHINES = 40


class PathPatterns(Struct, frozen=True):
    """The files that an extractor wants, by path without a leading ``/``.

    ``exact`` are whole paths.  ``basenames`` and ``suffixes`` (each with its dot) speak of the last part; they
    count everywhere, or, where ``folders`` (whole paths) or ``within`` (endings of the folder's path, which is
    given a leading ``/``) are set, only in those.  ``folders`` alone wants every file directly in them.
    ``executables`` wants ELF, PE and Mach-O files by their first bytes, wherever they lie.
    """

    basenames: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    exact: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    within: tuple[str, ...] = ()
    executables: bool = False

    def match(self, path: str) -> bool:
        """Whether ``path`` is wanted for its name; content is not looked at."""
        if path in self.exact:
            return True
        folder, _, basename = path.rpartition("/")
        if not self.basenames and not self.suffixes:
            return folder in self.folders
        if basename not in self.basenames and not basename.endswith(self.suffixes):
            return False
        if not self.folders and not self.within:
            return True
        return folder in self.folders or f"/{folder}".endswith(self.within)


class Extractor(Protocol):
    """Reads one format.  Its version is part of the analyzer version: raise it when its answers change."""

    @property
    def name(self) -> str:
        """The extractor's name, unique among all."""
        ...

    @property
    def version(self) -> int:
        """A number that grows whenever the same bytes would be read differently."""
        ...

    @property
    def max_bytes(self) -> int:
        """The largest file, in bytes, that it may be given."""
        ...

    @property
    def paths(self) -> PathPatterns:
        """The files it wants."""
        ...

    @property
    def companions(self) -> tuple[str, ...]:
        """What is added to a wanted path to name the files that are read together with it, none for most."""
        ...

    def wants(self, path: str) -> bool:
        """Whether a file at ``path`` (no leading ``/``) is wanted for its name."""
        ...

    def extract(self, path: str, body: bytes, companions: Mapping[str, bytes] = ...) -> FileInventory:
        """Read one file; raises ExtractorError, and nothing else, for bytes that are not of the format.

        ``companions`` holds, by its ending, the content of each companion that the layer has.
        """
        ...


class Parsed(Struct, frozen=True):
    """What a parser read from one file; everything but ``packages`` is as in FileInventory."""

    packages: tuple[Package, ...] = ()
    distribution: Distribution | None = None
    owns: tuple[tuple[int, str], ...] = ()
    owner: str = ""
    unread: tuple[str, ...] = ()
    checksums: tuple[tuple[int, str, str], ...] = ()
    diversions: tuple[Diversion, ...] = ()

    @classmethod
    def of(cls, packages: Iterable[Package]) -> Parsed:
        """Return these packages in their order, each once."""
        return cls(packages=tuple(dict.fromkeys(packages)))


class FormatExtractor(Struct, frozen=True):
    """An extractor made of patterns and a parser, which is a function of path and bytes.

    One whose format is spread over several files names the others in ``companions`` and has a
    ``parse_together``, which is given them too.
    """

    name: str
    version: int
    paths: PathPatterns
    parse: Callable[[str, bytes], Parsed]
    max_bytes: int = 64 << 20
    companions: tuple[str, ...] = ()
    parse_together: Callable[[str, bytes, Mapping[str, bytes]], Parsed] | None = None

    def wants(self, path: str) -> bool:
        """Whether a file at ``path`` (no leading ``/``) is wanted for its name."""
        return self.paths.match(path)

    def extract(self, path: str, body: bytes, companions: Mapping[str, bytes] = _NO_COMPANIONS) -> FileInventory:
        """Read one file; raises ExtractorError for bytes over the limit or not of the format."""
        size = len(body) + sum(map(len, companions.values()))
        if size > self.max_bytes:
            raise ExtractorError(f"{self.name}: {size} bytes are over the limit of {self.max_bytes}", path=path)
        try:
            if companions and self.parse_together:
                parsed = self.parse_together(path, body, companions)
            else:
                parsed = self.parse(path, body)
        except (ExtractorError, ArchiveError) as error:
            raise ExtractorError(f"{self.name}: {error.message}", path=path) from error
        except _MALFORMED as error:
            _log.debug("file not read", extra={"extractor": self.name, "error": type(error).__name__})
            raise ExtractorError(
                f"{self.name}: malformed ({type(error).__name__}: {error})"[:300], path=path
            ) from error
        return FileInventory(
            path=path,
            extractor=self.name,
            packages=parsed.packages,
            distribution=parsed.distribution,
            owns=parsed.owns,
            owner=parsed.owner,
            unread=parsed.unread,
            checksums=parsed.checksums,
            diversions=parsed.diversions,
        )


def is_executable(head: bytes) -> bool:
    """Whether a file that begins with ``head`` (8 bytes are enough) is an ELF, PE or Mach-O file."""
    magic = head[:4]
    if magic == _ELF or magic[:2] == _PE or magic in _MACH_O:
        return True
    return magic == _MACH_O_FAT and int.from_bytes(head[4:8], "big") < _FAT_MACHINES


class Selector:
    """Chooses the extractors of each file of a layer: a few dictionary look-ups for the many files nobody wants."""

    def __init__(self, extractors: Sequence[Extractor]) -> None:
        """Compile the patterns of ``extractors``; answers keep their order.

        ``companions`` maps the path of each companion (of extractors with exact paths) to the path it belongs to.
        ``smallest_told_by_head`` is the size in bytes from which on a file's first bytes are worth a look; its mode
        says nothing, as libraries are not executable.
        """
        self.extractors = tuple(extractors)
        self.executables = tuple(one for one in self.extractors if one.paths.executables)
        self.smallest_told_by_head = _SMALLEST_EXECUTABLE if self.executables else sys.maxsize
        names: dict[str, list[Extractor]] = {}
        endings: dict[str, list[Extractor]] = {}
        places: dict[str, list[Extractor]] = {}
        for one in self.extractors:
            patterns = one.paths
            for basename in patterns.basenames:
                names.setdefault(basename, []).append(one)
            for ending in {suffix.rpartition(".")[2] for suffix in patterns.suffixes}:
                endings.setdefault(ending, []).append(one)
            folders = () if patterns.basenames or patterns.suffixes else patterns.folders
            for place in (*patterns.exact, *folders):
                places.setdefault(place, []).append(one)
        self._names, self._endings, self._places = names, endings, places
        # What a path that is wanted for its name has one of: its last two characters, or its beginning.
        suffixes = (suffix for one in self.extractors for suffix in one.paths.suffixes)
        self._tails = frozenset(text[-2:] for text in (*names, *(f"/{name}" for name in names), *suffixes))
        self._beginnings = tuple(places)
        self.companions: Mapping[str, str] = MappingProxyType(
            {path + end: path for one in self.extractors for end in one.companions for path in one.paths.exact}
        )

    def select(self, path: str, head: bytes | None = None) -> tuple[Extractor, ...]:
        """Return the extractors that want the file, none for nearly all.

        ``path`` has no leading ``/``; ``head`` is the first 8 bytes of the file or more, None where they are
        not known: extractors that go by content are then left out.
        """
        named = self._named(path) if path[-2:] in self._tails or path.startswith(self._beginnings) else ()
        if head and head[0] in _MAGIC_FIRST and self.executables and is_executable(head):
            named = (*named, *self.executables)
        return tuple(dict.fromkeys(named)) if named else ()

    def _named(self, path: str) -> tuple[Extractor, ...]:
        """Return the extractors that want the file for its name."""
        folder, _, basename = path.rpartition("/")
        candidates = (
            *self._names.get(basename, ()),
            *self._endings.get(basename.rpartition(".")[2], ()),
            *self._places.get(path, ()),
            *self._places.get(folder, ()),
        )
        return tuple(one for one in candidates if one.paths.match(path))
