"""The symbolic links of an image, for finding where an entry below one of them really lies."""

from __future__ import annotations

from collections.abc import Collection

from pratique.archive.paths import follow
from pratique.inventory.known_paths import KnownPaths


class Links:
    """Links by path, which are ``known``; answers are kept until a link comes or goes."""

    def __init__(self) -> None:
        """Begin with none."""
        self.known = KnownPaths()
        self._targets: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def add(self, path: str, target: str) -> None:
        """Put a link; ``target`` is as written, relative to the link's folder or absolute from the root."""
        self.known.add(path)
        self._targets[path] = target
        self._folders.clear()

    def discard(self, paths: Collection[str]) -> None:
        """Take links away that something else has replaced."""
        self.known.forget(paths)
        for path in paths:
            del self._targets[path]
        self._folders.clear()

    def any_of(self, folders: frozenset[str]) -> bool:
        """Whether one of ``folders`` is a link; where none is, nothing in them lies elsewhere than it is named."""
        return not folders.isdisjoint(self._targets)

    def locate(self, path: str) -> str:
        """Return where an entry named ``path`` lies once the links among its folders are followed.

        Where they go in circles it is the path itself.
        """
        if not self._targets:
            return path
        folder, slash, name = path.rpartition("/")
        if not slash:
            return path
        found = self.folder(folder)
        return path if found == folder else f"{found}/{name}" if found else name

    def folder(self, path: str) -> str:
        """Return where what an entry's name says to be in the folder ``path`` really lies; "" is the root."""
        if not self._targets or not path:
            return path
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = self.follow(path) or path
        return found

    def follow(self, path: str) -> str | None:
        """Return where ``path`` itself leads, None where the links go in circles."""
        return follow(path, self._targets.get)
