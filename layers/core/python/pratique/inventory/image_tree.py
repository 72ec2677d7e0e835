"""The tree of an image, as far as packages and samples are concerned, while layers are laid over each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, field

from pratique.inventory.known_paths import KnownPaths
from pratique.inventory.layer_change import LayerChange
from pratique.inventory.links import Links
from pratique.inventory.owned_paths import SET_ID
from pratique.model.inventory import FileInventory, LayerReport
from pratique.model.package import Package
from pratique.model.sample import FileMatch, ScannedFile

PackageKey = tuple[str, str, str, str]

Value = TypeVar("Value")


class EffectiveFile(Struct):
    """A file that is there: its inventory, and the index of the layer that introduced each of its packages."""

    inventory: FileInventory
    introduced: dict[PackageKey, tuple[Package, int]]


class Removed(Struct, frozen=True):
    """A package that a layer removed or replaced: where it was, and the indexes of both layers."""

    package: Package
    path: str
    introduced: int
    removed: int


class PlacedFile(Struct, frozen=True):
    """A scanned file that is there, where it lies, and the index of the layer since which it has been just this.

    ``before`` is the one that it took the place of, None where there was none.
    """

    file: ScannedFile
    since: int
    before: PlacedFile | None = None

    def at(self, layer: int) -> PlacedFile | None:
        """Return what was there when layer number ``layer`` had been applied, None for nothing."""
        placed: PlacedFile | None = self
        while placed is not None and placed.since > layer:
            placed = placed.before
        return placed


class ImageTree(Struct):
    """The layers that were applied so far.

    ``files`` is by path and extractor; ``matches`` gives each match, by its layer's file, with the index of its layer.
    ``scanned`` has, by path, the scanned files that system packages have a say in.  All their paths are ``known``.
    """

    files: dict[str, dict[str, EffectiveFile]] = field(default_factory=dict)
    matches: dict[str, list[tuple[FileMatch, int]]] = field(default_factory=dict)
    scanned: dict[str, PlacedFile] = field(default_factory=dict)
    known: KnownPaths = field(default_factory=KnownPaths)
    links: Links = field(default_factory=Links)
    removed: list[Removed] = field(default_factory=list)
    removed_matches: list[tuple[FileMatch, int]] = field(default_factory=list)

    def apply(self, report: LayerReport, index: int) -> None:
        """Lay the next layer over the tree."""
        change = LayerChange(report, self.links)
        files = change.files()
        # What was there before this layer; few layers change what a package manager keeps.
        system = self._system_packages() if any(map(_is_of_a_system, files)) else {}
        hidden = change.hidden(self.known)
        self.known.forget(hidden)
        replaced = _popped(self.files, hidden)
        for matches in _popped(self.matches, hidden).values():
            self.removed_matches += matches
        self._place(change, _popped(self.scanned, hidden), index)
        for file in files:
            before = replaced.get(file.path, {}).pop(file.extractor, None)
            self._add(file, before, index, system)
        for match in change.matches():
            self.known.add(match.path)
            self.matches.setdefault(match.path, []).append((match, index))
        change.add_links()
        for path, left in replaced.items():
            for gone in left.values():
                self._remove(path, gone, frozenset(), index)

    def _system_packages(self) -> dict[PackageKey, int]:
        """Return the system packages that are there, with the layer that introduced each."""
        return {
            key: since
            for files in self.files.values()
            for file in files.values()
            for key, (package, since) in file.introduced.items()
            if package.type.is_system
        }

    def _place(self, change: LayerChange, gone: Mapping[str, PlacedFile], index: int) -> None:
        for file in change.scanned():
            self.known.add(file.path)
            before = gone.get(file.path)
            same = before is not None and _content(before.file) == _content(file)
            self.scanned[file.path] = before if before is not None and same else PlacedFile(file, index, before)

    def _add(
        self, inventory: FileInventory, before: EffectiveFile | None, index: int, system: Mapping[PackageKey, int]
    ) -> None:
        known = before.introduced if before is not None else {}
        introduced = {
            # A system package stays the one it was when its database moves to another path or format.
            package.key: (
                package,
                known[package.key][1] if package.key in known else system.get(package.key, index),
            )
            for package in inventory.packages
        }
        self.known.add(inventory.path)
        self.files.setdefault(inventory.path, {})[inventory.extractor] = EffectiveFile(inventory, introduced)
        if before is not None:
            self._remove(inventory.path, before, frozenset(introduced), index)

    def _remove(self, path: str, file: EffectiveFile, kept: frozenset[PackageKey], index: int) -> None:
        self.removed += [
            Removed(package, path, since, index) for key, (package, since) in file.introduced.items() if key not in kept
        ]


def _popped(values: dict[str, Value], paths: set[str]) -> dict[str, Value]:
    """Take out of ``values`` what lies at ``paths`` and return it, in its order."""
    if values.keys().isdisjoint(paths):
        return {}
    return {path: values.pop(path) for path in [path for path in values if path in paths]}


def _is_of_a_system(file: FileInventory) -> bool:
    return any(package.type.is_system for package in file.packages)


def _content(file: ScannedFile) -> tuple[str, int]:
    return file.sha256, file.mode & SET_ID
