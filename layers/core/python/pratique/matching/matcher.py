"""Matches an image's inventory with the advisory database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, structs

from pratique.errors import InvalidVersion
from pratique.matching.aliases import Flaw, join_flaws
from pratique.matching.consider import Considered, Dropped, consider
from pratique.matching.flaw_text import all_about, beside, vulnerability
from pratique.matching.gaps import data_gaps, undetermined
from pratique.matching.host_only import is_host_only
from pratique.matching.priority import priority_of
from pratique.model.advisory import Advisory, Exploitation, FixState
from pratique.model.coverage import Reason
from pratique.model.finding import Affected, Category, Evidence, PackageFinding, VulnerabilityFinding
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.ports.advisories import AdvisoryDatabase
from pratique.versions import sort_key

_UNRATED = Exploitation()


class MatchResult(Struct, frozen=True):
    """What matching found: findings by priority and id, what it could not answer, and candidates it dropped.

    ``host_only`` are findings in kernel headers and the like, which do not concern a container and are not counted.
    """

    vulnerabilities: tuple[VulnerabilityFinding, ...]
    reasons: tuple[Reason, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    host_only: tuple[VulnerabilityFinding, ...] = ()


def match(inventory: ImageInventory, database: AdvisoryDatabase) -> MatchResult:
    """Return every vulnerability that the database knows in the inventory's effective packages.

    One flaw is one finding with every package that it affects; its category is ``system`` where any of them is an
    operating-system package.  The same inventory and revision always give the same result.
    """
    candidates = consider(inventory.packages, database)
    affected = [entry for entry in candidates.considered if isinstance(entry.outcome, Affected)]
    counted = [entry for entry in affected if not is_host_only(entry.installed)]
    beside = [entry for entry in affected if is_host_only(entry.installed)]
    return MatchResult(
        vulnerabilities=_findings(counted, candidates.advisories, database),
        reasons=(*data_gaps(inventory, database), *undetermined(candidates.considered)),
        dropped=candidates.dropped,
        host_only=tuple(
            structs.replace(finding, host_only=True) for finding in _findings(beside, candidates.advisories, database)
        ),
    )


def _findings(
    affected: Sequence[Considered], advisories: Mapping[str, Advisory], database: AdvisoryDatabase
) -> tuple[VulnerabilityFinding, ...]:
    by_advisory: dict[str, list[Considered]] = {}
    for entry in affected:
        by_advisory.setdefault(entry.statement.advisory, []).append(entry)
    matched = {name: advisories.get(name) or Advisory(name, "") for name in by_advisory}
    flaws = join_flaws(matched.values(), beside(matched.values(), database))
    about = all_about(flaws, {**matched, **advisories}, database)
    exploited = database.exploitation({flaw.id for flaw in flaws})
    findings = [
        _finding(
            flaw,
            about[flaw.id],
            [entry for name in flaw.advisories for entry in by_advisory[name]],
            exploited.get(flaw.id, _UNRATED),
        )
        for flaw in flaws
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.priority.rank, finding.vulnerability.id)))


def _finding(
    flaw: Flaw, about: tuple[Advisory, ...], entries: Iterable[Considered], exploitation: Exploitation
) -> VulnerabilityFinding:
    by_package: dict[InstalledPackage, list[Considered]] = {}
    for entry in entries:
        by_package.setdefault(entry.installed, []).append(entry)
    known = {advisory.id: advisory for advisory in about}
    packages = sorted(
        (_package(installed, group, known) for installed, group in by_package.items()), key=_package_order
    )
    found, chosen = vulnerability(flaw, about, {one.installed.ecosystem for one in packages}, exploitation)
    system = any(one.installed.package.type.is_system for one in packages)
    return VulnerabilityFinding(
        found,
        Category.SYSTEM if system else Category.APPLICATION,
        priority_of(chosen.severity, score=chosen.score, exploitation=exploitation, fix_state=_best_state(packages)),
        tuple(packages),
    )


def _package(
    installed: InstalledPackage, entries: Sequence[Considered], known: Mapping[str, Advisory]
) -> PackageFinding:
    outcomes = [entry.outcome for entry in entries if isinstance(entry.outcome, Affected)]
    evidence = [_told(outcome.evidence, known) for outcome in outcomes]
    fixed = _highest(outcomes)
    state = FixState.FIXED if fixed else min((outcome.fix_state for outcome in outcomes), key=_STATE_ORDER.index)
    return PackageFinding(installed, fixed, state, tuple(dict.fromkeys(evidence)))


def _told(evidence: Evidence, known: Mapping[str, Advisory]) -> Evidence:
    advisory = known.get(evidence.advisory) or Advisory(evidence.advisory, "")
    return structs.replace(evidence, source=advisory.source, published=advisory.published)


_STATE_ORDER = (FixState.FIXED, FixState.WILL_NOT_FIX, FixState.NOT_FIXED, FixState.UNKNOWN)


def _best_state(packages: Iterable[PackageFinding]) -> FixState:
    return min((one.fix_state for one in packages), key=_STATE_ORDER.index)


def _highest(outcomes: Iterable[Affected]) -> str:
    """Return the highest fixed version, because only that one is outside every advisory's range."""
    highest = ""
    for outcome in outcomes:
        fixed = outcome.fixed_version
        if not fixed or fixed == highest:
            continue
        scheme = outcome.evidence.scheme
        try:
            if not highest or sort_key(scheme, highest) < sort_key(scheme, fixed):
                highest = fixed
        except InvalidVersion:
            continue  # a fix that cannot be placed cannot be shown to be the higher one
    return highest


def _package_order(finding: PackageFinding) -> tuple[str, str, str, str, str]:
    """Order packages so that those of one source stand together."""
    package, path = finding.installed.package, finding.installed.locations[0].path
    return finding.installed.ecosystem, package.source_name or package.name, package.name, package.version, path
