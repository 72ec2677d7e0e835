"""Why an image has a finding, or has not: every candidate about one package or one id, with what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from msgspec import Struct

from pratique.advisories.names import normalised_name
from pratique.matching.consider import Considered, Dropped, consider
from pratique.matching.host_only import is_host_only
from pratique.matching.matcher import match
from pratique.model.advisory import Advisory, Statement
from pratique.model.explanation import Chosen, Explained, Explanation
from pratique.model.finding import Affected, NotAffected, Undetermined, VulnerabilityFinding
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.ports.advisories import AdvisoryDatabase


def explain(inventory: ImageInventory, database: AdvisoryDatabase, about: str) -> Explanation:
    """Explain a package (by its own or its source's name) or an id (a CVE, a GHSA, an advisory's own).

    The same inventory and revision always give the same explanation.
    """
    named = [one for one in inventory.packages if _is_named(one, about)]
    packages = named or list(inventory.packages)
    found = consider(packages, database)
    ids = {entry.statement.advisory for entry in found.considered} | {drop.advisory for drop in found.dropped}
    advisories = database.advisories(ids)
    wanted = None if named else _advisories_about(about, database)
    explained = [
        *(_candidate(entry, advisories) for entry in found.considered),
        *(_dropped(drop, advisories) for drop in found.dropped),
    ]
    kept = [one for one in explained if wanted is None or one.advisory in wanted]
    shown = {(one.package, one.version, one.path) for one in kept}
    about_packages = [
        one for one in packages if named or (one.package.name, one.package.version, one.locations[0].path) in shown
    ]
    result = match(ImageInventory(inventory.distribution, tuple(about_packages)), database)
    findings = (*result.vulnerabilities, *result.host_only)
    return Explanation(
        about,
        database.revision.revision,
        tuple(f"{one.package.name} {one.package.version} ({one.locations[0].path})" for one in about_packages),
        tuple(sorted(kept, key=lambda one: (one.package, one.version, one.path, one.advisory, one.range))),
        tuple(chosen for finding in findings for chosen in _chosen(finding, "" if wanted is None else about)),
        tuple(reason.detail for reason in result.reasons),
    )


def _chosen(finding: VulnerabilityFinding, identifier: str) -> Iterator[Chosen]:
    """Yield a finding's packages; none where ``identifier`` is given and is another flaw's."""
    flaw = finding.vulnerability
    ids = (flaw.id, *flaw.aliases)
    if identifier and identifier not in ids:
        return
    for held in finding.packages:
        package = held.installed.package
        yield Chosen(
            flaw.id,
            ids,
            package.name,
            package.version,
            held.installed.locations[0].path,
            finding.priority.value,
            flaw.severity.value,
            flaw.severity_source,
            held.fixed_version,
            held.fix_state.value,
            finding.host_only,
        )


def _is_named(installed: InstalledPackage, about: str) -> bool:
    package = installed.package
    wanted = normalised_name(installed.ecosystem, about)
    return wanted in (normalised_name(installed.ecosystem, package.name), package.source_name)


def _advisories_about(identifier: str, database: AdvisoryDatabase) -> frozenset[str]:
    return frozenset(database.mentions([identifier]).get(identifier, ()))


class _Told(Struct, frozen=True):
    outcome: str
    because: str
    range: str = ""
    fixed_version: str = ""


def _candidate(entry: Considered, advisories: Mapping[str, Advisory]) -> Explained:
    told = _told(entry, _ranges(entry.statement))
    return _explained(entry.installed, entry.statement.advisory, advisories, told)


def _dropped(drop: Dropped, advisories: Mapping[str, Advisory]) -> Explained:
    return _explained(drop.installed, drop.advisory, advisories, _Told("dropped", drop.why, _ranges(drop.statement)))


def _ranges(statement: Statement) -> str:
    spans = [str(span) for span in statement.intervals]
    if statement.versions:
        spans.append(f"{len(statement.versions)} listed versions")
    return " or ".join(spans)


def _told(entry: Considered, ranges: str) -> _Told:
    match entry.outcome:
        case Affected(evidence, fixed_version, _):
            beside = "; not counted, because it only matters to a host" if is_host_only(entry.installed) else ""
            said = f"; its source says: {entry.statement.note}" if entry.statement.note else ""
            because = f"{evidence.compared} lies in {evidence.range} ({evidence.scheme} order){said}{beside}"
            return _Told("affected", because, ranges, fixed_version)
        case NotAffected(because):
            return _Told("not_affected", because, ranges)
        case Undetermined(reason):
            return _Told("undetermined", reason, ranges)
        case _:
            assert_never(entry.outcome)


def _explained(
    installed: InstalledPackage, advisory: str, advisories: Mapping[str, Advisory], told: _Told
) -> Explained:
    known = advisories.get(advisory)
    return Explained(
        package=installed.package.name,
        version=installed.package.version,
        ecosystem=installed.ecosystem,
        path=installed.locations[0].path,
        advisory=advisory,
        ids=tuple(dict.fromkeys((advisory, *known.aliases, *known.upstream))) if known else (advisory,),
        source=known.source if known else "",
        range=told.range,
        fixed_version=told.fixed_version,
        outcome=told.outcome,
        because=told.because,
    )
