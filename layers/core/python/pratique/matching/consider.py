"""Every candidate of an inventory: which statements were looked at for which package, and what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from pratique.matching.candidates import LookUp, look_ups, source_epochs
from pratique.matching.decide import decide
from pratique.matching.releases import data_for
from pratique.matching.subscriptions import overruled
from pratique.model.advisory import Advisory, Statement
from pratique.model.finding import Affected, Outcome, Undetermined
from pratique.model.package import InstalledPackage
from pratique.ports.advisories import AdvisoryDatabase


class Considered(Struct, frozen=True, gc=False):
    """One statement about one installed package, and the outcome."""

    installed: InstalledPackage
    statement: Statement
    outcome: Outcome


class Dropped(Struct, frozen=True):
    """A candidate that would have matched, and why it is not a finding."""

    installed: InstalledPackage
    statement: Statement
    why: str

    @property
    def advisory(self) -> str:
        """The id of the advisory whose statement it is."""
        return self.statement.advisory


class Candidates(Struct, frozen=True):
    """All that was considered, the candidates dropped, and the advisories that they speak of by id."""

    considered: tuple[Considered, ...]
    dropped: tuple[Dropped, ...]
    advisories: Mapping[str, Advisory]


def consider(packages: Iterable[InstalledPackage], database: AdvisoryDatabase) -> Candidates:
    """Decide every statement about every package.

    A statement that covers a language package whose files belong to an operating-system package is dropped: the
    distribution's advisories speak about it.  So is one of a withdrawn advisory.
    """
    questions = _questions(tuple(packages), database)
    statements = database.statements({question.key for question in questions})
    revision = database.revision.revision
    decided: dict[tuple[object, ...], Outcome] = {}
    considered = []
    for question in questions:
        for statement in statements.get(question.key, ()):
            # A source's binaries and a module's copies ask the same thing over and over.
            package = question.installed.package
            same = (question.version, package.version, package.module, package.architecture, question.by_source)
            known = (id(statement), *same)
            if known not in decided:
                decided[known] = decide(statement, question, revision=revision)
            considered.append(Considered(question.installed, statement, decided[known]))
    advisories = database.advisories(
        {entry.statement.advisory for entry in considered if isinstance(entry.outcome, Affected | Undetermined)}
    )
    return _sift(considered, advisories)


def _questions(packages: Sequence[InstalledPackage], database: AdvisoryDatabase) -> list[LookUp]:
    known = database.ecosystems()
    epochs = source_epochs(packages)
    holding: dict[str, tuple[str, ...]] = {}
    questions: list[LookUp] = []
    for installed in packages:
        if installed.ecosystem not in holding:
            holding[installed.ecosystem] = data_for(installed.ecosystem, known)
        questions += look_ups(installed, holding[installed.ecosystem], epochs)
    return questions


def _sift(considered: Sequence[Considered], advisories: Mapping[str, Advisory]) -> Candidates:
    kept, dropped = [], []
    beside = overruled(considered)
    for entry in considered:
        why = _reason_to_drop(entry, advisories, beside.get(id(entry), ""))
        if why:
            dropped.append(Dropped(entry.installed, entry.statement, why))
        else:
            kept.append(entry)
    return Candidates(tuple(kept), tuple(dropped), advisories)


def _reason_to_drop(entry: Considered, advisories: Mapping[str, Advisory], overruled_because: str) -> str:
    if not isinstance(entry.outcome, Affected | Undetermined):
        return ""
    if entry.installed.owned_by:
        return f"its files belong to the package {entry.installed.owned_by}, which the distribution's advisories cover"
    advisory = advisories.get(entry.statement.advisory)
    return f"withdrawn {advisory.withdrawn}" if advisory and advisory.withdrawn else overruled_because
