"""What matching could not answer, as reasons: no data, starter data, stale data, versions that cannot be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pratique.advisories.names import base_of, normalised_name
from pratique.advisories.sources import SOURCES, Source
from pratique.matching.consider import Considered
from pratique.matching.releases import data_for, nearest_release
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.finding import Undetermined
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, PackageType
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
    programs = [one for one in inventory.packages if one.package.type is PackageType.GENERIC and not one.owned_by]
    yield from _programs_without_data(programs, database)
    for ecosystem, installed in sorted(present.items()):
        if installed.package.type is PackageType.GENERIC:
            continue
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
    others = Counter(str(one.package.type) for one in inventory.packages if not one.ecosystem and not one.owned_by)
    for kind, count in sorted(others.items()):
        if not PackageType(kind).is_system:
            yield Reason(
                ReasonCode.ECOSYSTEM_WITHOUT_DATA, f"no advisory source is about {kind} packages: {count} here"
            )
    yield from _lacking(database, frozenset(present), known)


def _programs_without_data(programs: Iterable[InstalledPackage], database: AdvisoryDatabase) -> Iterator[Reason]:
    """Yield one reason for the recognised programs that no advisory has ever been about."""
    keys = {one: (one.ecosystem, normalised_name(one.ecosystem, one.package.name)) for one in programs}
    spoken_of = database.statements(set(keys.values()))
    unknown = sorted({f"{one.package.name} {one.package.version}" for one, key in keys.items() if key not in spoken_of})
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        yield Reason(
            ReasonCode.ECOSYSTEM_WITHOUT_DATA,
            f"no advisory source is about {', '.join(unknown[:_NAMED])}{more}, which no package manager installed",
        )


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


def _lacking(database: AdvisoryDatabase, present: frozenset[str], known: frozenset[str]) -> Iterator[Reason]:
    """Yield the sources about what is ``present`` that are stale, or that have no data where another has some.

    Where no source has any, that was said of the ecosystem itself.
    """
    entries = {source.name: source for source in SOURCES}
    for state in database.revision.sources:
        source = entries.get(state.name)
        about = _about(source, present) if source else frozenset()
        if state.records:
            if state.stale and (about or source is None or not source.ecosystems):
                yield Reason(ReasonCode.ADVISORIES_STALE, _stale_text(state))
        elif any(data_for(ecosystem, known) for ecosystem in about):
            yield Reason(ReasonCode.ADVISORIES_STALE, f"there is no data of {state.name}: {state.problem}")


def _about(source: Source, present: frozenset[str]) -> frozenset[str]:
    """Return which of the ecosystems (with release) that are present a source speaks about."""
    return frozenset(
        ecosystem
        for ecosystem in present
        if base_of(ecosystem) in source.ecosystems
        and (not source.release or ecosystem == f"{base_of(ecosystem)}:{source.release}")
    )


def _stale_text(state: SourceState) -> str:
    return f"{state.name} is as of {state.fetched or 'an unknown time'}: {state.problem or 'not fetched since'}"
