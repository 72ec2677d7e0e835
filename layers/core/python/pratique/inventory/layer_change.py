"""What one layer does to the tree below it.

https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pratique.inventory.folder_names import FolderNames
from pratique.inventory.links import Links
from pratique.inventory.owned_paths import COMPARED_TYPES, SET_ID, is_compared
from pratique.model.inventory import FileInventory, LayerReport
from pratique.model.sample import FileMatch, ScannedFile


class _Places(Struct, frozen=True):
    """The layer's paths where they really lie.

    It puts something at ``entries``, ``folders`` and the ``parents`` that its entries stand in, and deletes
    ``whiteouts``.  Nothing of a lower layer is left below entries, whiteouts and ``opaques``.
    """

    entries: FolderNames
    folders: frozenset[str]
    whiteouts: frozenset[str]
    opaques: frozenset[str]
    parents: frozenset[str]

    @classmethod
    def of(cls, report: LayerReport, links: Links) -> _Places:
        names: Sequence[tuple[str, Sequence[str]]] = report.names
        kinds = [frozenset(paths) for paths in (report.folders, report.whiteouts, report.opaques)]
        # A marker stands in a folder as well, and that folder takes the place of a file below.
        parents = _parents((folder for folder, _ in names), kinds)
        if links.any_of(parents):
            names = [(links.folder(folder), of_folder) for folder, of_folder in names]
            kinds = [frozenset(map(links.locate, paths)) for paths in kinds]
            parents = _parents((folder for folder, _ in names), kinds)
        folders, whiteouts, opaques = kinds
        return cls(FolderNames(names), folders, whiteouts, opaques, parents)

    def hidden(self, paths: Collection[str]) -> list[str]:
        """Return those of ``paths`` that lie where something is put, or below what covers them.

        Hardly any layer covers a folder that a lower one has something in, which is asked first.  The layer's sets are
        not joined: a layer may hold a hundred times what there is below it.
        """
        asked, marks = frozenset(paths), (self.whiteouts, self.opaques)
        taken = self.entries.among(asked).union(*(kind & asked for kind in (self.folders, self.parents, *marks)))
        folders = _with_parents({path.rpartition("/")[0] for path in asked})
        covering = self.entries.among(folders).union(*(kind & folders for kind in marks))
        if not covering:
            return [path for path in paths if path in taken]
        covered: set[str] = set()
        for folder in sorted(folders):  # one comes behind the folder that it stands in
            if folder in covering or (folder and folder.rpartition("/")[0] in covered):
                covered.add(folder)
        return [path for path in paths if path in taken or path.rpartition("/")[0] in covered]


def _parents(folders: Iterable[str], kinds: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return ``folders`` and those that the paths of ``kinds`` stand in, with all above them, without the root."""
    return _with_parents({*folders, *(path.rpartition("/")[0] for paths in kinds for path in paths)}) - {""}


def _with_parents(folders: Iterable[str]) -> frozenset[str]:
    """Return ``folders`` and all that they stand in, the root (empty) among them."""
    found = {""}
    for folder in folders:
        parent = folder
        while parent not in found:
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
        gone = self._places.hidden(tuple(links))
        if gone:
            for path in gone:
                links.discard(path)
            self._places = _Places.of(report, links)

    def hidden(self, paths: Collection[str]) -> list[str]:
        """Return those of ``paths``, no folders, where the layer deletes, hides or replaces what a lower one holds."""
        return self._places.hidden(paths)

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
