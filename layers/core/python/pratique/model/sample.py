"""Malicious samples: what a detector saw in one file of one layer, and the sample it makes in an image."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from pratique.model.package import Location

MEMBER_MARK = "!/"
STRUCTURE_PACK = "structure"
"""What stands in the place of a rule's pack in a match of Detector.STRUCTURE."""


class Level(StrEnum):
    """How bad a malicious sample is, worst first."""

    URGENT = "urgent"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def rank(self) -> int:
        """0 for the worst; smaller sorts first."""
        return list(Level).index(self)


class Detector(StrEnum):
    """What kind of detector named a sample."""

    RULE = "rule"
    HASH = "hash"
    STRUCTURE = "structure"
    PACKAGE = "package"


class Behaviour(StrEnum):
    """What a sample does, in words that people look for; from the rule's ATT&CK techniques or its own words."""

    REMOTE_CONTROL = "remote_control"
    MEMORY_EXECUTION = "memory_execution"
    DOWNLOADS_CODE = "downloads_code"
    PERSISTENCE = "persistence"
    CREDENTIAL_THEFT = "credential_theft"
    PRIVILEGE_ESCALATION = "privilege_escalation"
    PROXY_CHANGED = "proxy_changed"
    CONCEALMENT = "concealment"
    MINING = "mining"
    DATA_THEFT = "data_theft"
    DESTRUCTION = "destruction"
    DISCOVERY = "discovery"
    SUPPLY_CHAIN = "supply_chain"


class FileType(StrEnum):
    """The kinds of files that rules tell apart, by content first."""

    ELF = "elf"
    PE = "pe"
    MACHO = "macho"
    SCRIPT = "script"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    OTHER = "other"


class Hit(Struct, frozen=True):
    """One place that a rule matched: its string's name, where (bytes from the file's start) and what is there.

    ``excerpt`` is printable, short, and masked: what could be a key or a password shows its first letters only.
    """

    string: str
    offset: int
    length: int
    excerpt: str


class RuleMatch(Struct, frozen=True, gc=False):
    """One rule, listed hash or structure check that fired: its name, pack, level and what it says of the file.

    ``hits`` are the first places that it matched, ``behaviours`` what the file does.  ``reference`` is the first of
    ``references`` where there are several.
    """

    rule: str
    pack: str
    level: Level
    description: str
    reference: str = ""
    family: str = ""
    detector: Detector = Detector.RULE
    behaviours: tuple[Behaviour, ...] = ()
    hits: tuple[Hit, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``<pack>/<rule>``: what tells it from others."""
        return f"{self.pack}/{self.rule}"


# It holds texts and numbers alone, and an image has tens of thousands: nothing for the collector to go through.
class ScannedFile(Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """A file that the malware detectors looked at: enough to ask new hash lists without the layer.

    ``path`` is that of the layer's file, ``member`` the place inside it where it is an archive (parts between
    ``!/`` where archives lie in archives).  ``sha256`` is 64 hexadecimal digits, ``size`` bytes, ``mode`` the
    permission bits of the layer's file.  ``uid`` and ``gid`` are kept of set-uid and set-gid files, ``md5`` and
    ``sha1`` of files that a system package may own.
    """

    path: str
    sha256: str
    size: int
    type: FileType
    mode: int = 0
    member: str = ""
    md5: str = ""
    sha1: str = ""
    uid: int = 0
    gid: int = 0


class FileMatch(Struct, frozen=True, gc=False):
    """A file of a layer that at least one rule named; ``path`` and ``member`` as in `ScannedFile`."""

    path: str
    sha256: str
    size: int
    rules: tuple[RuleMatch, ...]
    member: str = ""

    @property
    def level(self) -> Level:
        """The worst level among the rules."""
        return min((match.level for match in self.rules), key=lambda level: level.rank)

    @property
    def place(self) -> str:
        """The path, with the place inside the archive where the file lies in one."""
        return f"{self.path}{MEMBER_MARK}{self.member}" if self.member else self.path


class SampleFile(Struct, frozen=True):
    """One place of a sample in an image; ``removed`` says that a higher layer hides or deletes the file.

    ``rules`` are the keys of the sample's rules that fired here (empty: all of them).  ``allowed_by`` is the entry of
    the allow-list that keeps the place quiet, empty where none does.
    """

    location: Location
    removed: bool = False
    rules: tuple[str, ...] = ()
    allowed_by: str = ""


class ImageSample(Struct, frozen=True):
    """One malicious sample in one image, with every place it stands in.

    It is a file, by its SHA-256, or a package that a report names: then ``purl`` is its package URL, ``sha256`` that
    of the URL's text, which stands for it wherever a sample is named, ``size`` 0, and the places are those that the
    package was read from.
    """

    sha256: str
    size: int
    level: Level
    rules: tuple[RuleMatch, ...]
    files: tuple[SampleFile, ...]
    purl: str = ""

    @property
    def name(self) -> str:
        """A package's URL; of a file the family where a rule of the worst level names one, else that rule's name."""
        if self.purl:
            return self.purl
        worst = next(match for match in self.rules if match.level is self.level)
        return worst.family or worst.rule

    @property
    def is_quiet(self) -> bool:
        """Whether the allow-list keeps every place of it quiet."""
        return all(file.allowed_by for file in self.files)

    def rules_at(self, file: SampleFile) -> tuple[RuleMatch, ...]:
        """Return the rules that fired at one of its places."""
        return tuple(match for match in self.rules if not file.rules or match.key in file.rules)

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """What the sample does, by all its rules, in the order of `Behaviour`."""
        return behaviours_in(self.rules)


def behaviours_in(rules: Iterable[RuleMatch]) -> tuple[Behaviour, ...]:
    """Return what rules say a sample does, each once, in the order of `Behaviour`."""
    found = {behaviour for match in rules for behaviour in match.behaviours}
    return tuple(behaviour for behaviour in Behaviour if behaviour in found)
