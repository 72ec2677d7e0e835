"""A layer's entries by the folder that they lie in: a tenth as many folders as entries are found through links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

_FEW = 8


class FolderNames:
    """The paths of entries; a path is looked for among the names of its folder."""

    def __init__(self, names: Iterable[tuple[str, Collection[str]]]) -> None:
        """Take the names of each folder; a folder may come several times."""
        self._names: dict[str, Collection[str]] = {}
        for folder, more in names:
            known = self._names.get(folder)
            self._names[folder] = frozenset((*known, *more)) if known else more

    def __contains__(self, path: str) -> bool:
        """Whether there is an entry at ``path``."""
        folder, _, name = path.rpartition("/")
        names = self._names.get(folder)
        if names is None:
            return False
        if len(names) > _FEW and not isinstance(names, frozenset):
            names = self._names[folder] = frozenset(names)
        return name in names

    def __iter__(self) -> Iterator[str]:
        """Yield every path."""
        return (f"{folder}/{name}" if folder else name for folder, names in self._names.items() for name in names)

    @property
    def folders(self) -> Collection[str]:
        """The folders that entries lie in."""
        return self._names.keys()
