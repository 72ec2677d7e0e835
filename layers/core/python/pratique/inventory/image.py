"""Fold the reports of an image's layers into what the image holds.

Layers are applied lowest first, as the OCI specification says
(https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets): whiteouts and opaque folders
hide what lower layers hold, a later entry replaces an earlier one, and what is left is effective.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pratique.inventory.ecosystem import ecosystem_of
from pratique.inventory.links import Links
from pratique.inventory.ownership import with_owners
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.digest import DiffId
from pratique.model.distribution import Distribution
from pratique.model.image import Layer
from pratique.model.inventory import FileInventory, ImageInventory, LayerReport
from pratique.model.package import InstalledPackage, Location, Package
from pratique.model.sample import FileMatch, ImageSample, SampleFile

# The first that exists names the distribution (os-release(5)).
_OS_RELEASE = ("etc/os-release", "usr/lib/os-release")

_PackageKey = tuple[str, str, str, str]


@dataclass(slots=True)
class _File:
    """One file as seen so far: its inventory, and the layer that introduced each of its packages."""

    inventory: FileInventory
    introduced: dict[_PackageKey, tuple[Package, DiffId]]


@dataclass(slots=True)
class _Tree:
    """The image as applied so far.  ``files`` is by path and extractor, ``matches`` by path."""

    files: dict[str, dict[str, _File]] = field(default_factory=dict)
    matches: dict[str, tuple[FileMatch, DiffId]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    shadowed: list[tuple[Package, Location, DiffId]] = field(default_factory=list)
    removed_matches: list[tuple[FileMatch, Location]] = field(default_factory=list)


def fold(image_layers: Sequence[Layer], reports: Sequence[LayerReport | None]) -> ImageInventory:
    """Return the inventory of an image whose layers, lowest first, have these reports (None: not read).

    The result is the same whatever order the reports were made in, and every gap is among its reasons.
    """
    tree = _Tree()
    reasons: list[Reason] = []
    for layer, report in zip(image_layers, reports, strict=True):
        if report is None:
            reasons.append(Reason(ReasonCode.LAYER_NOT_READ, f"layer {layer.index} was not read", layer=layer.diff_id))
            continue
        reasons.extend(report.reasons)
        _apply(tree, report)
    distribution = _distribution(tree)
    packages = _effective(tree, distribution)
    effective_files = (file.inventory for files in tree.files.values() for file in files.values())
    packages = with_owners(packages, effective_files, tree.links)
    if distribution is None and any(installed.package.type.is_system for installed in packages):
        reasons.append(Reason(ReasonCode.DISTRIBUTION_UNKNOWN, "there are system packages and no os-release file"))
    return ImageInventory(
        distribution=distribution,
        packages=packages,
        shadowed=_shadowed(tree, distribution, packages),
        samples=_samples(tree),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _apply(tree: _Tree, report: LayerReport) -> None:
    change = _Change(tree.links.locate, report)
    replaced = {path: tree.files.pop(path) for path in [path for path in tree.files if change.hides(path)]}
    for path in [path for path in tree.matches if change.hides(path)]:
        match, introduced = tree.matches.pop(path)
        tree.removed_matches.append((match, Location(path, introduced)))
    located = [replace(file, path=change.locate(file.path)) for file in report.files]
    matches = [replace(match, path=change.locate(match.path)) for match in report.matches]
    links = [(change.locate(path), target) for path, target in report.links]
    for path in tree.links:
        if change.hides(path):
            tree.links.discard(path)
    for file in located:
        before = replaced.get(file.path, {}).pop(file.extractor, None)
        _add_file(tree, file, before, report.diff_id)
    for match in matches:
        tree.matches[match.path] = (match, report.diff_id)
    for path, target in links:
        tree.links.add(path, target)
    for path, files in replaced.items():
        for gone in files.values():
            for package, introduced in gone.introduced.values():
                tree.shadowed.append((package, Location(path, introduced), report.diff_id))


class _Change:
    """What one layer does to the paths of the tree below it."""

    def __init__(self, locate: Callable[[str], str], report: LayerReport) -> None:
        """Find every path of the layer through the links that stand before it is applied."""
        self.locate = locate
        self._whiteouts = {locate(path) for path in report.whiteouts}
        self._opaques = {locate(path) for path in report.opaques}
        self._entries = {locate(path) for path in report.paths}
        self._folders = {locate(path) for path in report.folders}

    def hides(self, path: str) -> bool:
        """Whether the layer deletes, hides or replaces what a lower layer holds at ``path``, which is no folder."""
        if path in self._whiteouts or path in self._entries or path in self._folders or "" in self._opaques:
            return True
        parent = path.rpartition("/")[0]
        while parent:
            if parent in self._whiteouts or parent in self._entries or parent in self._opaques:
                return True
            parent = parent.rpartition("/")[0]
        return False


def _add_file(tree: _Tree, inventory: FileInventory, before: _File | None, layer: DiffId) -> None:
    """Put a file in; a package that the file held ``before`` keeps the layer that introduced it."""
    known = before.introduced if before is not None else {}
    introduced = {
        package.key: (package, known[package.key][1] if package.key in known else layer)
        for package in inventory.packages
    }
    for key, (package, since) in known.items():
        if key not in introduced:
            tree.shadowed.append((package, Location(inventory.path, since), layer))
    tree.files.setdefault(inventory.path, {})[inventory.extractor] = _File(inventory, introduced)


def _distribution(tree: _Tree) -> Distribution | None:
    for path in _OS_RELEASE:
        for file in tree.files.get(tree.links.follow(path) or path, {}).values():
            if file.inventory.distribution is not None:
                return file.inventory.distribution
    return None


def _effective(tree: _Tree, distribution: Distribution | None) -> tuple[InstalledPackage, ...]:
    """Return every package once, with all the places that it was read from."""
    packages: dict[_PackageKey, Package] = {}
    places: dict[_PackageKey, list[Location]] = {}
    for path, files in tree.files.items():
        for file in files.values():
            for key, (package, introduced) in file.introduced.items():
                known = packages.setdefault(key, package)
                packages[key] = _richer(known, package)
                location = Location(path, introduced)
                if location not in places.setdefault(key, []):
                    places[key].append(location)
    return tuple(
        InstalledPackage(package, ecosystem_of(package.type, distribution), tuple(places[key]))
        for key, package in sorted(packages.items())
    )


def _richer(known: Package, other: Package) -> Package:
    """Of two statements about one package, return the one that says more."""
    return max(known, other, key=lambda one: (bool(one.source_version), bool(one.source_name), len(one.licenses)))


def _shadowed(
    tree: _Tree, distribution: Distribution | None, effective: Sequence[InstalledPackage]
) -> tuple[InstalledPackage, ...]:
    """Return what was removed, each package once and none that is still there."""
    there = {installed.package.key for installed in effective}
    removed: dict[_PackageKey, InstalledPackage] = {}
    for package, location, layer in tree.shadowed:
        if package.key not in there:
            ecosystem = ecosystem_of(package.type, distribution)
            removed[package.key] = InstalledPackage(package, ecosystem, (location,), removed_by=layer)
    return tuple(removed[key] for key in sorted(removed))


def _samples(tree: _Tree) -> tuple[ImageSample, ...]:
    places: dict[str, list[SampleFile]] = {}
    samples: dict[str, FileMatch] = {}
    for match, location, removed in _found(tree):
        samples.setdefault(match.sha256, match)
        places.setdefault(match.sha256, []).append(SampleFile(location, removed))
    return tuple(
        ImageSample(sha256, match.size, match.level, match.rules, tuple(places[sha256]))
        for sha256, match in sorted(samples.items(), key=lambda item: (item[1].level.rank, item[0]))
    )


def _found(tree: _Tree) -> Iterator[tuple[FileMatch, Location, bool]]:
    for path, (match, layer) in tree.matches.items():
        yield match, Location(path, layer), False
    for match, location in tree.removed_matches:
        yield match, location, True
