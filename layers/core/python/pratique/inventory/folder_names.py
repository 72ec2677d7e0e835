"""A layer's entries by the folder that they lie in: a tenth as many folders as entries are found through links."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_FEW = 8


class FolderNames:
    """The paths of entries; paths are looked for among the names of their folders."""

    def __init__(self, names: Iterable[tuple[str, Collection[str]]]) -> None:
        """Take the names of each folder; a folder may come several times."""
        self._names: dict[str, Collection[str]] = {}
        for folder, more in names:
            known = self._names.get(folder)
            self._names[folder] = frozenset((*known, *more)) if known else more

    def among(self, paths: Iterable[str]) -> frozenset[str]:
        """Return those of ``paths`` at which there is an entry."""
        of_folder = self._names
        found: list[str] = []
        for path in paths:
            folder, _, name = path.rpartition("/")
            if folder in of_folder:
                names = of_folder[folder]
                if len(names) > _FEW and not isinstance(names, frozenset):
                    names = of_folder[folder] = frozenset(names)
                if name in names:
                    found.append(path)
        return frozenset(found)
