"""Why an image has a finding, or has not: the candidates, and what came of each."""

from __future__ import annotations

from msgspec import Struct


class Explained(Struct, frozen=True):
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


class Chosen(Struct, frozen=True):
    """What the candidates of one flaw in one package came to: the finding, and what was chosen for it.

    ``id`` is the one of ``ids`` that the finding goes by; ``severity_source`` says whose severity is shown;
    ``fixed_version`` is outside every advisory's range, empty where there is no such version.
    """

    id: str
    ids: tuple[str, ...]
    package: str
    version: str
    path: str
    priority: str
    severity: str
    severity_source: str
    fixed_version: str
    fix_state: str
    host_only: bool


class Explanation(Struct, frozen=True):
    """Every candidate about what was asked, in the database of this revision, and what they came to.

    ``packages`` are those of the inventory that the question is about, each with version and path: one that is there
    and has no candidate was looked up; nothing is known about it.  ``unanswered`` says in sentences what the database
    could not answer about these packages, such as a release without data.
    """

    about: str
    revision: str
    packages: tuple[str, ...]
    candidates: tuple[Explained, ...]
    chosen: tuple[Chosen, ...] = ()
    unanswered: tuple[str, ...] = ()
