"""Why an image has a finding, or has not: every candidate about one package or one id, with what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from pratique.advisories.names import normalised_name
from pratique.matching.consider import Considered, consider
from pratique.matching.host_only import is_host_only
from pratique.model.advisory import Advisory
from pratique.model.explanation import Explained, Explanation
from pratique.model.finding import Affected, NotAffected, Undetermined
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
        *(_explained(drop.installed, drop.advisory, advisories, _Told("dropped", drop.why)) for drop in found.dropped),
    ]
    kept = [one for one in explained if wanted is None or one.advisory in wanted]
    shown = {(one.package, one.version, one.path) for one in kept}
    return Explanation(
        about,
        database.revision.revision,
        tuple(
            f"{one.package.name} {one.package.version} ({one.locations[0].path})"
            for one in packages
            if named or (one.package.name, one.package.version, one.locations[0].path) in shown
        ),
        tuple(sorted(kept, key=lambda one: (one.package, one.version, one.path, one.advisory, one.range))),
    )


def _is_named(installed: InstalledPackage, about: str) -> bool:
    package = installed.package
    wanted = normalised_name(installed.ecosystem, about)
    return wanted in (normalised_name(installed.ecosystem, package.name), package.source_name)


def _advisories_about(identifier: str, database: AdvisoryDatabase) -> frozenset[str]:
    return frozenset(database.mentions([identifier]).get(identifier, ()))


@dataclass(frozen=True, slots=True)
class _Told:
    outcome: str
    because: str
    range: str = ""
    fixed_version: str = ""


def _candidate(entry: Considered, advisories: Mapping[str, Advisory]) -> Explained:
    spans = [str(span) for span in entry.statement.intervals]
    if entry.statement.versions:
        spans.append(f"{len(entry.statement.versions)} listed versions")
    told = _told(entry, " or ".join(spans))
    return _explained(entry.installed, entry.statement.advisory, advisories, told)


def _told(entry: Considered, ranges: str) -> _Told:
    match entry.outcome:
        case Affected(evidence, fixed_version, _):
            beside = "; not counted, because it only matters to a host" if is_host_only(entry.installed) else ""
            because = f"{evidence.compared} lies in {evidence.range} ({evidence.scheme} order){beside}"
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
