"""The paths of what lies in an image so far, kept so that a layer is held against those alone that it may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class KnownPaths:
    """``paths`` of what is no folder, and the ``folders`` that such has ever lain in, the root (empty) among them."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Know ``paths``."""
        self.paths: set[str] = set()
        self.folders = {""}
        self._names: dict[str, set[str]] = {}
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        """Know one more path."""
        if path not in self.paths:
            self.paths.add(path)
            folder, _, name = path.rpartition("/")
            if folder in self._names:
                self._names[folder].add(name)
            else:
                self._names[folder] = {name}
                self._add_folder(folder)

    def forget(self, paths: Iterable[str]) -> None:
        """Know nothing of ``paths`` any more."""
        self.paths.difference_update(paths)

    def among(self, names: Mapping[str, str]) -> set[str]:
        """Return the paths and folders that are, or once were, known and stand in ``names``, as in LayerReport."""
        known = self._names
        return {
            f"{folder}/{name}" if folder else name
            for folder in known.keys() & names.keys()
            for name in known[folder].intersection(names[folder].split("/"))
        }

    def _add_folder(self, path: str) -> None:
        while path not in self.folders:
            self.folders.add(path)
            path, _, name = path.rpartition("/")
            self._names.setdefault(path, set()).add(name)
