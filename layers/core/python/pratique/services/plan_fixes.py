"""Plan the fixes of an image, and prove the plan: the inventory as it will be is matched before the plan is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs

from pratique.errors import InvalidVersion
from pratique.matching.matcher import match
from pratique.model.finding import PackageFinding, VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.ports.advisories import AdvisoryDatabase
from pratique.remediation.cause import state_of
from pratique.remediation.plan import FixPlan, Left, Pair, steps_of
from pratique.remediation.remedy import Surroundings
from pratique.remediation.tools import tools_of
from pratique.reports.affected_packages import placed_layers, stored_copies
from pratique.versions import compare, scheme_of

_ROUNDS = 6

Targets = Mapping[InstalledPackage, str]
Moved = Mapping[InstalledPackage, Sequence[InstalledPackage]]


class Outlook(Struct, frozen=True):
    """Versions that packages go to, and the pairs of vulnerability and package that are there all the same."""

    targets: Targets
    remaining: frozenset[tuple[str, InstalledPackage]]


def plan_fixes(
    image: Image, inventory: ImageInventory, found: Sequence[VulnerabilityFinding], database: AdvisoryDatabase
) -> FixPlan:
    """Return the plan for an image in which ``found`` was found, with what the advisories say today.

    A package goes to the least version that no advisory covers: where the version that mends one flaw has another one,
    it goes further, for as long as that gains something.
    """
    outlook = look_ahead(inventory, found, database)
    layers = {layer.diff_id: layer for layer in placed_layers(image)}
    pairs, left = [], []
    for finding in found:
        for affected in finding.packages:
            target = outlook.targets.get(affected.installed, "")
            # The same version may lie in several places: each needs a command of its own.
            for package in stored_copies(affected, layers, inventory.distribution):
                moved = structs.replace(package, fixed_version=target)
                pairs.append(Pair(finding.vulnerability.id, finding.priority, moved))
            if (finding.vulnerability.id, affected.installed) in outlook.remaining:
                why = _why(affected, target, state_of(package))
                left.append(Left(finding.vulnerability.id, finding.priority, package.name, package.version, why))
    around = Surroundings(image.base, tools_of(inventory))
    return FixPlan(
        revision=database.revision.revision,
        findings=len({finding.vulnerability.id for finding in found}),
        steps=steps_of(pairs, around, staying=frozenset(one.id for one in left)),
        left=tuple(sorted(dict.fromkeys(left), key=lambda one: (one.priority.rank, one.id, one.package))),
    )


def look_ahead(inventory: ImageInventory, found: Sequence[VulnerabilityFinding], database: AdvisoryDatabase) -> Outlook:
    """Raise packages until no advisory with a fix covers them, matching the inventory again after each round."""
    targets: dict[InstalledPackage, str] = {}
    moved: Moved = {}
    now = found
    for _ in range(_ROUNDS):
        raised = dict(targets)
        for _, affected in _pairs(now):
            for old in moved.get(affected.installed, [affected.installed]):
                raised[old] = _higher(old.ecosystem, raised.get(old, ""), affected.fixed_version)
        raised = {old: target for old, target in raised.items() if target}
        if raised == targets:
            break
        targets = raised
        changed, moved = _move(inventory, targets)
        now = match(changed, database).vulnerabilities
    remaining = (
        (finding.vulnerability.id, old)
        for finding, affected in _pairs(now)
        for old in moved.get(affected.installed, [affected.installed])
    )
    return Outlook(targets, frozenset(remaining))


def _pairs(found: Sequence[VulnerabilityFinding]) -> Iterator[tuple[VulnerabilityFinding, PackageFinding]]:
    return ((finding, affected) for finding in found for affected in finding.packages)


def _move(inventory: ImageInventory, targets: Targets) -> tuple[ImageInventory, Moved]:
    """Return the inventory with its packages at their targets, and which package each one was."""
    moved: dict[InstalledPackage, list[InstalledPackage]] = {}
    for old in inventory.packages:
        target = targets.get(old, old.package.version)
        source = target if old in targets and old.package.source_version else old.package.source_version
        package = structs.replace(old.package, version=target, source_version=source)
        moved.setdefault(structs.replace(old, package=package), []).append(old)
    return structs.replace(inventory, packages=tuple(moved)), moved


def _higher(ecosystem: str, known: str, fixed: str) -> str:
    """Return the higher of two fixed versions; one that cannot be placed does not replace one that is known."""
    scheme = scheme_of(ecosystem)
    if not known or not fixed or scheme is None:
        return known or fixed
    try:
        return fixed if compare(scheme, known, fixed) < 0 else known
    except InvalidVersion:
        return known


def _why(affected: PackageFinding, target: str, state: str) -> str:
    if not target:
        return f"{state}."
    if affected.fixed_version:
        return f"{target}, the version that the other fixes lead to, is affected as well."
    return f"{state}; {target}, which mends other findings of the package, is affected as well."
