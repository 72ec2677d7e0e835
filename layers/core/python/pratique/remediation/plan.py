"""The plan of fixes for a whole image: the fewest commands, each with the findings that it removes, and what is left.

Findings come as pairs of a vulnerability and a package that it affects.  A step brings packages of one owner (the base
image or the application) that one tool mends in one place to the least version that is outside everything known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from pratique.model.base_image import LayerOrigin
from pratique.model.severity import Priority
from pratique.ports.findings import StoredPackage
from pratique.remediation.by_hand import by_hand, note_beside
from pratique.remediation.cause import place_of_package
from pratique.remediation.caution import caution_of
from pratique.remediation.place import Place
from pratique.remediation.remedy import Surroundings, grouped, joint_command_for

PackageKey = tuple[str, str, str, str]


class Pair(Struct, frozen=True):
    """One vulnerability in one package; ``package.fixed_version`` is what the plan brings it to, empty for nowhere."""

    vulnerability: str
    priority: Priority
    package: StoredPackage


class PlannedFinding(Struct, frozen=True):
    """A vulnerability as the plan names it."""

    id: str
    priority: Priority


class PlannedPackage(Struct, frozen=True):
    """A package that a step moves from ``version`` to ``target``, and where it lies."""

    type: str
    name: str
    version: str
    target: str
    place: str


class Step(Struct, frozen=True):
    """One thing to do: ``command``, or ``instead`` in words where none does it (also what to do besides).

    ``removes`` are the findings that are gone once this step and those before it are done.
    """

    owner: LayerOrigin
    tool: str
    command: str
    instead: str
    caution: str
    packages: tuple[PlannedPackage, ...]
    removes: tuple[PlannedFinding, ...]


class Left(Struct, frozen=True):
    """A vulnerability in a package that stays, and why."""

    id: str
    priority: Priority
    package: str
    version: str
    why: str


class FixPlan(Struct, frozen=True):
    """Steps in the order in which they are worth doing, and what stays after all of them."""

    revision: str
    findings: int
    steps: tuple[Step, ...]
    left: tuple[Left, ...]

    @property
    def removed(self) -> int:
        """How many findings the steps remove."""
        return sum(len(step.removes) for step in self.steps)


def key_of(package: StoredPackage) -> PackageKey:
    """Return what tells one installed package from another."""
    return package.type, package.name, package.version, package.path


def steps_of(pairs: Sequence[Pair], around: Surroundings, *, staying: frozenset[str]) -> tuple[Step, ...]:
    """Return the steps for pairs that have a target; ``staying`` vulnerabilities are removed by none of them."""
    packages: dict[LayerOrigin, dict[PackageKey, StoredPackage]] = {origin: {} for origin in LayerOrigin}
    for pair in pairs:
        if pair.package.fixed_version:
            packages[pair.package.origin][key_of(pair.package)] = pair.package
    drafts = [
        (owner, place, group)
        for owner, found in packages.items()
        for place, group in _steps(grouped(found.values(), around.tools))
    ]
    drafts.sort(key=lambda draft: _worth(draft[2], pairs))
    return _with_removals(drafts, pairs, around, staying)


def _steps(groups: Mapping[Place, Sequence[StoredPackage]]) -> Iterable[tuple[Place, Sequence[StoredPackage]]]:
    for place, group in groups.items():
        if joint_command_for(place, group):
            yield place, group
        else:
            yield from ((place, same) for same in _by_file(group))


def _by_file(packages: Sequence[StoredPackage]) -> Iterable[Sequence[StoredPackage]]:
    """Split what is done by hand: packages of one file are replaced with it, all at once."""
    files: dict[str, list[StoredPackage]] = {}
    for package in packages:
        files.setdefault(package.path, []).append(package)
    return files.values()


def _worth(group: Sequence[StoredPackage], pairs: Sequence[Pair]) -> tuple[int, ...]:
    """Return an order in which the step that touches most of the worst findings comes first."""
    keys = {key_of(package) for package in group}
    touched = {(pair.vulnerability, pair.priority.rank) for pair in pairs if key_of(pair.package) in keys}
    ranks = [rank for _, rank in touched]
    return tuple(-ranks.count(priority.rank) for priority in Priority)


def _with_removals(
    drafts: Sequence[tuple[LayerOrigin, Place, Sequence[StoredPackage]]],
    pairs: Sequence[Pair],
    around: Surroundings,
    staying: frozenset[str],
) -> tuple[Step, ...]:
    waiting: dict[str, set[PackageKey]] = {}
    for pair in pairs:
        waiting.setdefault(pair.vulnerability, set()).add(key_of(pair.package))
    worst: dict[str, Priority] = {}
    for pair in sorted(pairs, key=lambda one: -one.priority.rank):
        worst[pair.vulnerability] = pair.priority
    steps = []
    for owner, place, group in drafts:
        done = {key_of(package) for package in group}
        gone = []
        for vulnerability, keys in waiting.items():
            if keys and not keys - done and vulnerability not in staying:
                gone.append(PlannedFinding(vulnerability, worst[vulnerability]))
            keys.difference_update(done)
        gone.sort(key=lambda finding: (finding.priority.rank, finding.id))
        steps.append(_step(owner, place, group, around, tuple(gone)))
    return tuple(steps)


def _step(
    owner: LayerOrigin,
    place: Place,
    group: Sequence[StoredPackage],
    around: Surroundings,
    removes: tuple[PlannedFinding, ...],
) -> Step:
    command = joint_command_for(place, group)
    instead = [note_beside(place, group[0])] if command else [by_hand(place, one, around.base) for one in group]
    if owner is LayerOrigin.BASE:
        instead.append("These packages came with the base image: a newer build of it may bring them.")
    return Step(
        owner=owner,
        tool=place.tool,
        command=command,
        instead=" ".join(dict.fromkeys(part for part in instead if part)),
        caution=caution_of(group),
        packages=tuple(
            PlannedPackage(one.type, one.name, one.version, one.fixed_version, place_of_package(one)) for one in group
        ),
        removes=removes,
    )
