"""What one layer does to the tree below it.

https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pratique.inventory.known_paths import KnownPaths
from pratique.inventory.links import Links
from pratique.model.inventory import FileInventory, LayerReport
from pratique.model.sample import FileMatch, ScannedFile


class _Places(Struct, frozen=True):
    """The layer's paths where they really lie.

    It puts something at ``entries`` (names by folder, as in LayerReport), ``folders`` and the ``parents`` that its
    entries stand in, and deletes ``whiteouts``.  Nothing of a lower layer is left below entries, whiteouts and
    ``opaques``.
    """

    entries: Mapping[str, str]
    folders: frozenset[str]
    whiteouts: frozenset[str]
    opaques: frozenset[str]
    parents: frozenset[str]

    @classmethod
    def of(cls, report: LayerReport, links: Links) -> _Places:
        names = dict(report.names)
        kinds = [frozenset(paths) for paths in (report.folders, report.whiteouts, report.opaques)]
        # A marker stands in a folder as well, and that folder takes the place of a file below.
        parents = _parents(names, kinds)
        if links.any_of(parents):
            names = _joined((links.folder(folder), of_folder) for folder, of_folder in report.names)
            kinds = [frozenset(map(links.locate, paths)) for paths in kinds]
            parents = _parents(names, kinds)
        folders, whiteouts, opaques = kinds
        return cls(names, folders, whiteouts, opaques, parents)

    def hidden(self, known: KnownPaths) -> set[str]:
        """Return the known paths that lie where something is put, or below what covers them.

        The layer's sets are not joined: a layer may hold a hundred times what there is below it, or a hundredth.
        """
        at, marks = known.among(self.entries), (self.whiteouts, self.opaques)
        hidden = (at & known.paths).union(*(kind & known.paths for kind in (self.folders, self.parents, *marks)))
        # Hardly any layer covers a folder that a lower one has something in.
        if covering := (at & known.folders).union(*(kind & known.folders for kind in marks)):
            covered = _with_all_below(covering, known.folders)
            hidden.update(path for path in known.paths if path.rpartition("/")[0] in covered)
        return hidden


def _joined(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the names in each folder; one that links lead to may be there several times."""
    found: dict[str, str] = {}
    for folder, more in names:
        found[folder] = f"{found[folder]}/{more}" if folder in found else more
    return found


def _with_all_below(covering: Container[str], folders: Iterable[str]) -> set[str]:
    """Return those of ``folders`` that are, or lie below, one that is among ``covering``."""
    covered: set[str] = set()
    for folder in sorted(folders):  # one comes behind the folder that it stands in
        if folder in covering or (folder and folder.rpartition("/")[0] in covered):
            covered.add(folder)
    return covered


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
        gone = self._places.hidden(links.known)
        if gone:
            links.discard(gone)
            self._places = _Places.of(report, links)

    def hidden(self, known: KnownPaths) -> set[str]:
        """Return the known paths where the layer deletes, hides or replaces what a lower one holds."""
        return self._places.hidden(known)

    def files(self) -> list[FileInventory]:
        """Return the layer's inventories under the paths where the files really lie."""
        return [_moved(file, self._links.locate(file.path)) for file in self._report.files]

    def matches(self) -> list[FileMatch]:
        """Return the layer's matches under the paths where the files really lie."""
        located = ((match, self._links.locate(match.path)) for match in self._report.matches)
        return [match if match.path == path else replace(match, path=path) for match, path in located]

    def scanned(self) -> list[ScannedFile]:
        """Return the scanned files that system packages have a say in under the paths where they really lie."""
        located = ((file, self._links.locate(file.path)) for file in self._report.packaged)
        return [file if file.path == path else replace(file, path=path) for file, path in located]

    def add_links(self) -> None:
        """Put the layer's own links among the tree's."""
        for path, target in [(self._links.locate(path), target) for path, target in self._report.links]:
            self._links.add(path, target)


def _moved(file: FileInventory, path: str) -> FileInventory:
    return file if file.path == path else replace(file, path=path)
