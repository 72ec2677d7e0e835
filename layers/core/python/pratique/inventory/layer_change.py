"""What one layer does to the tree below it.

https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from pratique.inventory.links import Links
from pratique.inventory.owned_paths import COMPARED_TYPES, SET_ID, is_compared
from pratique.model.inventory import FileInventory, LayerReport
from pratique.model.sample import FileMatch, ScannedFile


class _Places(Struct, frozen=True):
    """The layer's paths where they really lie.

    ``taken`` is every path that the layer puts something at or deletes, the folders that its entries stand in among
    them; ``covers`` are those of them below which nothing of a lower layer is left.  ``covered`` keeps the answers
    for folders.
    """

    entries: frozenset[str]
    taken: frozenset[str]
    covers: frozenset[str]
    covered: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, report: LayerReport, links: Links) -> _Places:
        kinds = [frozenset(paths) for paths in (report.paths, report.folders, report.whiteouts, report.opaques)]
        # A marker stands in a folder as well, and that folder takes the place of a file below.
        parents = _parents(frozenset().union(*kinds))
        if links.any_of(parents):
            kinds = [frozenset(map(links.locate, paths)) for paths in kinds]
            parents = _parents(frozenset().union(*kinds))
        entries, folders, whiteouts, opaques = kinds
        return cls(
            entries=entries,
            taken=entries | folders | whiteouts | opaques | parents,
            covers=entries | whiteouts | opaques,
        )

    def hides(self, path: str) -> bool:
        return path in self.taken or self._is_covered(path.rpartition("/")[0])

    def _is_covered(self, folder: str) -> bool:
        known = self.covered.get(folder)
        if known is None:
            known = folder in self.covers or (bool(folder) and self._is_covered(folder.rpartition("/")[0]))
            self.covered[folder] = known
        return known


def _parents(paths: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for folder in {path.rpartition("/")[0] for path in paths}:
        parent = folder
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return frozenset(found)


class LayerChange:
    """A layer, seen from the tree that it is applied to.

    An entry below a symbolic link of a lower layer lies where the link leads, unless the layer itself puts a folder
    in the link's place.
    """

    def __init__(self, report: LayerReport, links: Links) -> None:
        """Find every path of ``report`` through ``links``, out of which those are taken that the layer hides."""
        self._report = report
        self._links = links
        self._places = _Places.of(report, links)
        gone = [path for path in links if self._places.hides(path)]
        if gone:
            for path in gone:
                links.discard(path)
            self._places = _Places.of(report, links)

    @property
    def paths(self) -> frozenset[str]:
        """The layer's entries that are no folders, where they really lie."""
        return self._places.entries

    def hides(self, path: str) -> bool:
        """Whether the layer deletes, hides or replaces what a lower layer holds at ``path``, which is no folder."""
        return self._places.hides(path)

    def hidden(self, paths: Iterable[str]) -> list[str]:
        """Return those of ``paths`` that `hides` holds for."""
        hides = self._places.hides
        return [path for path in paths if hides(path)]

    def files(self) -> list[FileInventory]:
        """Return the layer's inventories under the paths where the files really lie."""
        return [_moved(file, self._links.locate(file.path)) for file in self._report.files]

    def matches(self) -> list[FileMatch]:
        """Return the layer's matches under the paths where the files really lie."""
        located = ((match, self._links.locate(match.path)) for match in self._report.matches)
        return [match if match.path == path else replace(match, path=path) for match, path in located]

    def scanned(self) -> list[ScannedFile]:
        """Return the layer's scanned files that `concerns_packages` under the paths where they really lie."""
        located = ((file, self._links.locate(file.path)) for file in self._report.scanned if concerns_packages(file))
        return [file if file.path == path else replace(file, path=path) for file, path in located]

    def add_links(self) -> None:
        """Put the layer's own links among the tree's."""
        for path, target in [(self._links.locate(path), target) for path, target in self._report.links]:
            self._links.add(path, target)


def _moved(file: FileInventory, path: str) -> FileInventory:
    return file if file.path == path else replace(file, path=path)


def concerns_packages(file: ScannedFile) -> bool:
    """Whether system packages have a say in a file: whether it may be set-uid or set-gid, or what it holds."""
    return not file.member and file.type in COMPARED_TYPES and (bool(file.mode & SET_ID) or is_compared(file.path))
