"""Malicious samples: what a rule saw in one file of one layer, and the sample it makes in an image."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pratique.model.package import Location


class Level(StrEnum):
    """How bad a malicious sample is, worst first."""

    URGENT = "urgent"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def rank(self) -> int:
        """0 for the worst; smaller sorts first."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """One rule that fired: its name, pack, level and what it says the file does."""

    rule: str
    pack: str
    level: Level
    description: str
    reference: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True)
class FileMatch:
    """A file of a layer that at least one rule named; ``sha256`` is 64 hexadecimal digits, ``size`` bytes."""

    path: str
    sha256: str
    size: int
    rules: tuple[RuleMatch, ...]

    @property
    def level(self) -> Level:
        """The worst level among the rules."""
        return min((match.level for match in self.rules), key=lambda level: level.rank)


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One place of a sample in an image; ``removed`` says that a higher layer hides or deletes the file."""

    location: Location
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ImageSample:
    """One malicious sample (by SHA-256) in one image, with every place it stands in."""

    sha256: str
    size: int
    level: Level
    rules: tuple[RuleMatch, ...]
    files: tuple[SampleFile, ...]

    @property
    def name(self) -> str:
        """The family where a rule of the worst level names one, else that rule's own name."""
        worst = next(match for match in self.rules if match.level is self.level)
        return worst.family or worst.rule
