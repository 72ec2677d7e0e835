"""The tree of one layer as it grows entry by entry, in the way that a container runtime would unpack it.

A later entry replaces an earlier one of the same path, a folder over a folder excepted; an entry below a symbolic
link of the same layer lies where the link leads.  Whiteouts speak of lower layers only
(https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts).
"""

from __future__ import annotations

from collections.abc import Sequence

from pratique.archive.limits import Limits
from pratique.archive.paths import PathRefused, follow, normalise
from pratique.archive.tar_header import TarOverLimit

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_AUFS = ".wh..wh."


class LayerTree:
    """What the layer's entries have put, deleted and hidden so far; all paths are without a leading ``/``.

    ``paths`` are entries that are no folders, ``folders`` folder entries (and not the parents that entries imply),
    ``links`` symbolic links with their targets as written, ``whiteouts`` and ``opaques`` as in LayerReport.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing."""
        self.paths: dict[str, None] = {}
        self.folders: dict[str, None] = {}
        self.links: dict[str, str] = {}
        self.whiteouts: dict[str, None] = {}
        self.opaques: dict[str, None] = {}
        self._limits = limits
        self._short = min(limits.path_depth, limits.path_bytes // 4)  # characters that meet no limit in any encoding
        self._real: set[str] = {""}  # folders that have something in them and no link on the way to them
        self._replaced = 0
        self._path_bytes = 0

    def locate(self, name: str) -> str:
        """Return where an entry called ``name`` lies, empty for the root.

        Raises PathRefused where it lies outside the root, is over a limit, or lies below something that is no folder.
        """
        path = normalise(name, self._limits)
        folder, slash, last = path.rpartition("/")
        if folder in self._real:
            return path
        if folder not in self.paths and folder.rpartition("/")[0] in self._real:
            self._real.add(folder)
            return path
        real = self._real_folder(folder)
        return path if real == folder else f"{real}{slash if real else ''}{last}"

    def white_out(self, path: str) -> bool:
        """Note the whiteout at ``path``; return whether it is one.  Raises PathRefused for one that names nothing."""
        folder, slash, name = path.rpartition("/")
        if not name.startswith(_WHITEOUT):
            return False
        if name == _OPAQUE:
            self._add(self.opaques, folder)
        elif not name.startswith(_AUFS):
            target = name.removeprefix(_WHITEOUT)
            if target in {"", ".", ".."}:
                raise PathRefused("a whiteout names no file")
            self._add(self.whiteouts, f"{folder}{slash}{target}")
        return True

    def put_new(self, name: str) -> str | None:
        """Put something that is no folder where an entry called ``name`` lies, and return that path.

        None, and nothing is put, where that needs a closer look: not so for nearly all, which are new and lie in a
        folder that is known.
        """
        path = name[2:] if name.startswith("./") else name
        folder, _, last = path.rpartition("/")
        if folder not in self._real or not last or last[0] == "." or len(path) > self._short:
            return None
        if path in self.paths or path in self._real or path in self.folders:
            return None
        self._add(self.paths, path)
        return path

    def put(self, path: str) -> Sequence[str]:
        """Put something that is no folder at ``path`` and return the paths that are gone by that."""
        gone: Sequence[str] = ()
        if path in self.paths:
            self.links.pop(path, None)
            gone = (path,)
        elif path in self._real or path in self.folders:
            gone = self._drop_folder(path)
        self._add(self.paths, path)
        return gone

    def put_link(self, path: str, target: str) -> None:
        """Say that what was put at ``path`` is a symbolic link."""
        self.links[path] = target

    def put_folder(self, path: str) -> Sequence[str]:
        """Put a folder at ``path`` and return the paths that are gone by that."""
        self._add(self.folders, path)
        if path not in self.paths:
            return ()
        del self.paths[path]
        self.links.pop(path, None)
        return (path,)

    def follow(self, name: str) -> str | None:
        """Return where ``name`` leads through every link, None where that is outside the root or in circles."""
        try:
            return follow(normalise(name, self._limits), self.links.get)
        except PathRefused:
            return None

    def _add(self, places: dict[str, None], path: str) -> None:
        if path not in places:
            self._path_bytes += len(path)
            if self._path_bytes > self._limits.all_path_bytes:
                raise TarOverLimit(f"the layer's paths take more than {self._limits.all_path_bytes} bytes")
            places[path] = None

    def _real_folder(self, folder: str) -> str:
        real = follow(folder, self.links.get)
        if real is None:
            raise PathRefused("the path goes in circles")
        parent = real
        while parent not in self._real:
            if parent in self.paths:
                raise PathRefused("the path lies below a file")
            self._real.add(parent)
            parent = parent.rpartition("/")[0]
        return real

    def _drop_folder(self, path: str) -> list[str]:
        """Forget a folder and all that this layer put below it; return what was there and is no folder."""
        self._replaced += 1
        if self._replaced > self._limits.replaced_folders:
            raise TarOverLimit(f"files take the place of more than {self._limits.replaced_folders} folders")
        below = f"{path}/"
        gone = [other for other in self.paths if other.startswith(below)]
        for other in gone:
            del self.paths[other]
            self.links.pop(other, None)
        for folder in [other for other in self.folders if other == path or other.startswith(below)]:
            del self.folders[folder]
        self._real = {other for other in self._real if other != path and not other.startswith(below)}
        return gone
