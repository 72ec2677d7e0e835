"""Fold the reports of an image's layers into what the image holds.

Layers are applied lowest first: whiteouts and opaque folders hide what lower layers hold, a later entry replaces an
earlier one, and what is left is effective.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pratique.inventory.ecosystem import ecosystem_of
from pratique.inventory.image_tree import ImageTree, PackageKey
from pratique.inventory.ownership import Owners
from pratique.inventory.package_checks import package_matches
from pratique.inventory.system_files import OS_RELEASE_PATHS, unread_system_files
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.distribution import Distribution
from pratique.model.image import Layer
from pratique.model.inventory import ImageInventory, LayerReport
from pratique.model.package import InstalledPackage, Location, Package
from pratique.model.sample import FileMatch, ImageSample, RuleMatch, SampleFile


def fold(image_layers: Sequence[Layer], reports: Sequence[LayerReport | None]) -> ImageInventory:
    """Return the inventory of an image whose layers, lowest first, have these reports (None: not read).

    It depends on nothing but the reports and their order; every gap of theirs is among its reasons.  Each package
    stands once, with all places that it was read from; the first one's layer is the lowest since which it has been
    there without a break.  Copies that a system package owns stand apart from those that nobody does.
    """
    tree = ImageTree()
    reasons: list[Reason] = []
    for index, (layer, report) in enumerate(zip(image_layers, reports, strict=True)):
        if report is None:
            reasons.append(Reason(ReasonCode.LAYER_NOT_READ, f"layer {index} was not read", layer=layer.diff_id))
            continue
        reasons += report.reasons
        tree.apply(report, index)
    distribution = _distribution(tree)
    owners = Owners(tree)
    packages = _effective(tree, image_layers, distribution, owners)
    reasons += unread_system_files(tree, reports)
    if distribution is None and any(installed.package.type.is_system for installed in packages):
        reasons.append(Reason(ReasonCode.DISTRIBUTION_UNKNOWN, "there are system packages and no os-release file"))
    return ImageInventory(
        distribution=distribution,
        packages=packages,
        shadowed=_shadowed(tree, image_layers, distribution, packages),
        samples=_samples(tree, image_layers, () if None in reports else package_matches(tree, owners)),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _distribution(tree: ImageTree) -> Distribution | None:
    for path in OS_RELEASE_PATHS:
        for file in tree.files.get(tree.links.follow(path) or path, {}).values():
            if file.inventory.distribution is not None:
                return file.inventory.distribution
    return None


def _effective(
    tree: ImageTree, layers: Sequence[Layer], distribution: Distribution | None, owners: Owners
) -> tuple[InstalledPackage, ...]:
    packages: dict[tuple[PackageKey, str], Package] = {}
    places: dict[tuple[PackageKey, str], set[tuple[int, str]]] = {}
    for path, files in tree.files.items():
        for file in files.values():
            for key, (package, introduced) in file.introduced.items():
                owner = "" if package.type.is_system else owners.owner(path, introduced)
                packages[key, owner] = _richer(packages.get((key, owner), package), package)
                places.setdefault((key, owner), set()).add((introduced, path))
    return tuple(
        InstalledPackage(
            package,
            ecosystem_of(package.type, distribution),
            tuple(Location(path, layers[index].diff_id) for index, path in sorted(places[key, owner])),
            owned_by=owner,
        )
        for (key, owner), package in sorted(packages.items(), key=lambda item: item[0])
    )


def _richer(known: Package, other: Package) -> Package:
    """Of two statements about one package, return the one that says more."""
    return max(known, other, key=lambda one: (bool(one.source_version), bool(one.source_name), len(one.licenses)))


def _shadowed(
    tree: ImageTree, layers: Sequence[Layer], distribution: Distribution | None, effective: Iterable[InstalledPackage]
) -> tuple[InstalledPackage, ...]:
    """Return what was removed, each package once and none that is still there."""
    there = {installed.package.key for installed in effective}
    shadowed: dict[PackageKey, InstalledPackage] = {}
    for gone in tree.removed:
        package = gone.package
        if package.key not in there:
            shadowed[package.key] = InstalledPackage(
                package,
                ecosystem_of(package.type, distribution),
                (Location(gone.path, layers[gone.introduced].diff_id),),
                removed_by=layers[gone.removed].diff_id,
            )
    return tuple(shadowed[key] for key in sorted(shadowed))


def _samples(
    tree: ImageTree, layers: Sequence[Layer], by_packages: Iterable[tuple[FileMatch, int]]
) -> tuple[ImageSample, ...]:
    """Return every sample once, worst first, with the effective files before the removed ones."""
    places: dict[str, list[SampleFile]] = {}
    matches: dict[str, list[FileMatch]] = {}
    there = _joined(tree, by_packages)
    for found, removed in ((there, False), (tree.removed_matches, True)):
        for match, index in found:
            matches.setdefault(match.sha256, []).append(match)
            location = Location(match.place, layers[index].diff_id)
            fired = tuple(rule.key for rule in match.rules)
            places.setdefault(match.sha256, []).append(SampleFile(location, removed, fired))
    samples = [_sample(of_one, tuple(places[sha256])) for sha256, of_one in matches.items()]
    return tuple(sorted(samples, key=lambda sample: (sample.level.rank, sample.sha256)))


def _joined(tree: ImageTree, by_packages: Iterable[tuple[FileMatch, int]]) -> list[tuple[FileMatch, int]]:
    """Return the effective matches, those of the layers' detectors and of the packages at one place together."""
    found = {(match.path, match.member): (match, index) for each in tree.matches.values() for match, index in each}
    for match, index in by_packages:
        known, since = found.get((match.path, ""), (replace(match, rules=()), index))
        found[match.path, ""] = replace(known, rules=(*known.rules, *match.rules)), since
    return list(found.values())


def _sample(matches: Sequence[FileMatch], files: tuple[SampleFile, ...]) -> ImageSample:
    """Return one sample; a rule may look at the path, so that not every file of it meets the same ones."""
    rules: dict[tuple[str, str], RuleMatch] = {
        (rule.pack, rule.rule): rule for match in matches for rule in match.rules
    }
    level = min((match.level for match in matches), key=lambda level: level.rank)
    return ImageSample(matches[0].sha256, matches[0].size, level, tuple(rules.values()), files)
