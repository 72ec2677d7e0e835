"""What matching could not answer, as reasons: no data, starter data, stale data, versions that cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pratique.advisories.names import base_of
from pratique.advisories.sources import SOURCES
from pratique.matching.consider import Considered
from pratique.matching.releases import data_for, nearest_release
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.finding import Undetermined
from pratique.model.inventory import ImageInventory
from pratique.ports.advisories import AdvisoryDatabase, SourceState

_NAMED = 3


def data_gaps(inventory: ImageInventory, database: AdvisoryDatabase) -> Iterator[Reason]:
    """Yield what the database does not hold for this inventory."""
    known = database.ecosystems()
    if database.revision.starter:
        yield Reason(
            ReasonCode.ADVISORIES_STARTER,
            "matched with the small starter set of advisories only; run an advisories update for real coverage",
        )
    present = {installed.ecosystem: installed for installed in inventory.packages if not installed.owned_by}
    for ecosystem, installed in sorted(present.items()):
        if ecosystem and not data_for(ecosystem, known):
            system = installed.package.type.is_system
            yield (
                _without_data(ecosystem, known)
                if system
                else Reason(ReasonCode.ECOSYSTEM_WITHOUT_DATA, f"there is no advisory data about {ecosystem}")
            )
    told = {reason.code for reason in inventory.reasons}
    nameless = [one for one in inventory.packages if not one.ecosystem and one.package.type.is_system]
    if nameless and ReasonCode.DISTRIBUTION_UNKNOWN not in told:
        yield Reason(
            ReasonCode.DISTRIBUTION_UNKNOWN,
            f"{len(nameless)} system packages belong to no known distribution and were not matched",
        )
    yield from _stale(database, {base_of(ecosystem) for ecosystem in present})


def undetermined(considered: Iterable[Considered]) -> Iterator[Reason]:
    """Yield one reason for each package that some advisories could not be decided for."""
    open_questions: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for entry in considered:
        if isinstance(entry.outcome, Undetermined):
            package = entry.installed.package
            where = entry.installed.locations[0].path
            found = open_questions.setdefault((package.name, package.version, where), [])
            found.append((entry.statement.advisory, entry.outcome.reason))
    for (name, version, path), asked in sorted(open_questions.items()):
        advisories = sorted({advisory for advisory, _ in asked})
        more = f" and {len(advisories) - _NAMED} more" if len(advisories) > _NAMED else ""
        yield Reason(
            ReasonCode.VERSION_INCOMPARABLE,
            f"{name} {version} could not be compared for {', '.join(advisories[:_NAMED])}{more}: {asked[0][1]}",
            path=path,
        )


def _without_data(ecosystem: str, known: frozenset[str]) -> Reason:
    nearest = nearest_release(ecosystem, known)
    hint = f"; the nearest release with data is {nearest}" if nearest else ""
    return Reason(
        ReasonCode.DISTRIBUTION_WITHOUT_DATA,
        f"there is no advisory data about {ecosystem}, its packages were not matched{hint}",
    )


def _stale(database: AdvisoryDatabase, bases: set[str]) -> Iterator[Reason]:
    covers = {source.name: source.ecosystems for source in SOURCES}
    for state in database.revision.sources:
        about = covers.get(state.name, frozenset())
        if state.stale and state.records and (not about or about & bases):
            yield Reason(ReasonCode.ADVISORIES_STALE, _stale_text(state))


def _stale_text(state: SourceState) -> str:
    return f"{state.name} is as of {state.fetched or 'an unknown time'}: {state.problem or 'not fetched since'}"
