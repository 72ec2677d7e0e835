"""Why an image has a finding, or has not: the candidates, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explained:
    """One candidate: a package, an advisory with every id that it has, and the comparison that was made.

    ``outcome`` is ``affected``, ``not_affected``, ``undetermined`` or ``dropped``; ``because`` says why.
    """

    package: str
    version: str
    ecosystem: str
    path: str
    advisory: str
    ids: tuple[str, ...]
    source: str
    range: str
    fixed_version: str
    outcome: str
    because: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every candidate about what was asked, in the database of this revision.

    ``packages`` are those of the inventory that the question is about, each with version and path: one that is there
    and has no candidate was looked up; nothing is known about it.
    """

    about: str
    revision: str
    packages: tuple[str, ...]
    candidates: tuple[Explained, ...]
