"""Matches the packages that labels name, and says of each label whether its flaw is reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.accuracy.labels import Label, by_image
from benchmarks.accuracy.releases import ecosystem_of_image, system_type
from benchmarks.accuracy.source_packages import source_version, sources_of
from pratique.advisories.database import SqliteDatabase
from pratique.advisories.names import normalised_name
from pratique.inventory.ecosystem import ecosystem_of
from pratique.matching.matcher import match
from pratique.matching.releases import data_for
from pratique.model.digest import DiffId
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType

NO_RELEASE = "the image's distribution or release cannot be told from its labels"
NO_DATA = "there is no advisory data about {ecosystem}"
NO_PACKAGE = "no ecosystem with data has a package of this name"
OWNED = "a language package that a system package of the image holds: a scan leaves it to the distribution's advisories"
DISPUTED = "the flaw is labelled as real and as not real"
UNNAMED = "type not stated"

_HELD_AS = (
    "{name}",
    "python3-{name}",
    "python-{name}",
    "python2-{name}",
    "rubygem-{name}",
    "ruby-{name}",
    "nodejs-{name}",
)

# Recognised programs (``generic``) are left out: most untyped labels are of packages that only share their names.
_LANGUAGES = tuple(
    kind for kind in PackageType if not kind.is_system and kind is not PackageType.GENERIC and ecosystem_of(kind, None)
)
_NOWHERE = (Location("label", DiffId(f"sha256:{'0' * 64}")),)


@dataclass(frozen=True, slots=True)
class Trial:
    """One label and what came of it.

    ``ecosystem`` is what the label counts for; ``left_out`` says why it could not be tried, and is empty otherwise.
    ``is_known``: the data of the ecosystem and release name the flaw, in whatever package.
    """

    label: Label
    ecosystem: str
    left_out: str = ""
    is_known: bool = False
    is_reported: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """What a database knows where: ids of flaws by ecosystem, names by ecosystem, and Maven's artifacts."""

    ids: Mapping[str, frozenset[str]]
    names: Mapping[str, frozenset[str]]
    groups: Mapping[str, tuple[str, ...]]
    ecosystems: frozenset[str]


def try_labels(labels: Sequence[Label], database: SqliteDatabase) -> tuple[Trial, ...]:
    """Return one trial for each label, in their order."""
    places = _places(database)
    packages = {
        label: _packages(label, image, places) for image in by_image(dict.fromkeys(labels)).values() for label in image
    }
    reported = _reported((package for held, _, _ in packages.values() for package in held), database)
    return tuple(_trial(label, *packages[label], places, reported) for label in labels)


def _places(database: SqliteDatabase) -> Places:
    advisories: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    keys = [(ecosystem, name) for kind, ecosystem, name, _ in database.rows() if kind == "package"]
    for (ecosystem, name), statements in database.statements(keys).items():
        names[ecosystem].add(name)
        advisories[ecosystem].update(statement.advisory for statement in statements)
    told = database.advisories({name for held in advisories.values() for name in held})
    ids = {
        ecosystem: frozenset(
            identifier for name in held for identifier in (name, *told[name].aliases, *told[name].upstream)
        )
        for ecosystem, held in advisories.items()
    }
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names.get("Maven", ())):
        groups[name.rpartition(":")[2]].append(name)
    held_names = {ecosystem: frozenset(held) for ecosystem, held in names.items()}
    return Places(ids, held_names, {name: tuple(held) for name, held in groups.items()}, database.ecosystems())


def _packages(label: Label, image: Sequence[Label], places: Places) -> tuple[tuple[InstalledPackage, ...], str, str]:
    """Return the packages that a label may mean, what they count for, and why there are none."""
    if any(_judges_otherwise(label, other) for other in image):
        return (), "", DISPUTED
    kind = system_type(label, image)
    if kind is not None:
        return _system_packages(label, kind, ecosystem_of_image(kind, image), places)
    if any(_holds(other, label) for other in image):
        return (), "", OWNED
    return _language_packages(label, places)


def _judges_otherwise(label: Label, other: Label) -> bool:
    return (
        other.is_real is not label.is_real
        and (other.name, other.version) == (label.name, label.version)
        and other.ids[0] == label.ids[0]
    )


def _holds(other: Label, label: Label) -> bool:
    """Return whether a system package of the image brought a language package: by its name, in its version."""
    if other.type not in ("deb", "apk", "rpm"):
        return False
    upstream = other.version.rpartition(":")[2].partition("-")[0]
    names = {pattern.format(name=label.name.lower()) for pattern in _HELD_AS}
    return upstream == label.version and any(other.name.lower().startswith(name) for name in names)


def _system_packages(
    label: Label, kind: PackageType, ecosystem: str, places: Places
) -> tuple[tuple[InstalledPackage, ...], str, str]:
    if not ecosystem:
        return (), f"{kind}, release not known", NO_RELEASE
    known = data_for(ecosystem, places.ecosystems)
    if not known:
        return (), ecosystem, NO_DATA.format(ecosystem=ecosystem)
    version = source_version(kind, label.version)
    return (
        tuple(
            _installed(Package(kind, label.name, label.version, source_name=source, source_version=version), ecosystem)
            for source in sources_of(kind, label.name)
        ),
        ecosystem,
        "",
    )


def _language_packages(label: Label, places: Places) -> tuple[tuple[InstalledPackage, ...], str, str]:
    stated = label.type not in ("", "app")
    kinds = [PackageType(label.type)] if stated else list(_LANGUAGES)
    found: list[InstalledPackage] = []
    for kind in kinds:
        ecosystem = ecosystem_of(kind, None)
        names = places.groups.get(label.name, ()) if kind is PackageType.MAVEN else (label.name,)
        found += [
            _installed(Package(kind, name, label.version), ecosystem)
            for name in names
            if stated or normalised_name(ecosystem, name) in places.names.get(ecosystem, ())
        ]
    named = {package.ecosystem for package in found}
    group = named.pop() if len(named) == 1 and label.type else UNNAMED
    return tuple(found), group, "" if found else NO_PACKAGE


def _installed(package: Package, ecosystem: str) -> InstalledPackage:
    return InstalledPackage(package, ecosystem, _NOWHERE)


def _reported(packages: Iterable[InstalledPackage], database: SqliteDatabase) -> Mapping[InstalledPackage, set[str]]:
    """Return every id under which a flaw is reported of each package."""
    result = match(ImageInventory(None, tuple(dict.fromkeys(packages))), database)
    found: dict[InstalledPackage, set[str]] = defaultdict(set)
    for finding in (*result.vulnerabilities, *result.host_only):
        for package in finding.packages:
            found[package.installed].update((finding.vulnerability.id, *finding.vulnerability.aliases))
            found[package.installed].update(one.advisory for one in package.evidence)
    return found


def _trial(
    label: Label,
    packages: Sequence[InstalledPackage],
    ecosystem: str,
    left_out: str,
    places: Places,
    reported: Mapping[InstalledPackage, set[str]],
) -> Trial:
    ids = set(label.ids)
    holding = {name for package in packages for name in data_for(package.ecosystem, places.ecosystems)}
    return Trial(
        label,
        ecosystem,
        left_out,
        is_known=any(ids & places.ids.get(name, frozenset()) for name in holding),
        is_reported=any(ids & reported.get(package, set()) for package in packages),
    )
