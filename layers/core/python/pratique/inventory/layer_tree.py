"""The tree of one layer as it grows entry by entry, in the way that a container runtime would unpack it.

A later entry replaces an earlier one of the same path, a folder over a folder excepted; an entry below a symbolic
link of the same layer lies where the link leads.  Whiteouts speak of lower layers only
(https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pratique.archive.limits import Limits
from pratique.archive.paths import PathRefused, follow, normalise
from pratique.archive.tar_header import TarOverLimit

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_AUFS = ".wh..wh."
_NO_NAMES: Mapping[str, bool] = MappingProxyType({})


class LayerTree:
    """What the layer's entries have put, deleted and hidden so far; all paths are without a leading ``/``.

    ``folders`` are folder entries (and not the parents that entries imply), ``links`` symbolic links with their targets
    as written, ``whiteouts`` and ``opaques`` as in LayerReport.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing."""
        self.folders: dict[str, None] = {}
        self.links: dict[str, str] = {}
        self.whiteouts: dict[str, None] = {}
        self.opaques: dict[str, None] = {}
        self._limits = limits
        self._short = min(limits.path_depth, limits.path_bytes // 4)  # characters that meet no limit in any encoding
        # By folder that has something in it and no link on the way to it: the names there, and which are no folders.
        self._names: dict[str, dict[str, bool]] = {"": {}}
        self._replaced = 0
        self._bytes_left = limits.all_path_bytes

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The entries that are no folders, by folder, as in LayerReport."""
        found = (
            (folder, "/".join([name for name, no_folder in names.items() if no_folder]))
            for folder, names in self._names.items()
        )
        return tuple([one for one in found if one[1]])

    def has(self, path: str) -> bool:
        """Whether something that is no folder lies at ``path``."""
        folder, _, name = path.rpartition("/")
        return self._names.get(folder, _NO_NAMES).get(name, False)

    def locate(self, name: str) -> str:
        """Return where an entry called ``name`` lies, empty for the root.

        Raises PathRefused where it lies outside the root, is over a limit, or lies below something that is no folder.
        """
        path = normalise(name, self._limits)
        folder, slash, last = path.rpartition("/")
        if folder in self._names:
            return path
        above, _, within = folder.rpartition("/")
        names = self._names.get(above)
        if names is not None and not names.get(within):
            names[within] = False
            self._names[folder] = {}
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
        names = self._names.get(folder)
        if names is None or last in names or not last or last[0] == "." or len(path) > self._short:
            return None
        self._bytes_left -= len(path)
        if self._bytes_left < 0:
            raise self._too_long()
        names[last] = True
        return path

    def put(self, path: str) -> Sequence[str]:
        """Put something that is no folder at ``path`` and return the paths that are gone by that."""
        names, name = self._at(path)
        gone: Sequence[str] = ()
        before = names.get(name)
        if before:
            self.links.pop(path, None)
            gone = (path,)
        elif before is not None:
            gone = self._drop_folder(path)
        if not before:
            self._count(path)
        names[name] = True
        return gone

    def put_link(self, path: str, target: str) -> None:
        """Say that what was put at ``path`` is a symbolic link."""
        self.links[path] = target

    def put_folder(self, path: str) -> Sequence[str]:
        """Put a folder at ``path`` and return the paths that are gone by that."""
        self._add(self.folders, path)
        names, name = self._at(path)
        before = names.get(name)
        names[name] = False
        if not before:
            return ()
        self.links.pop(path, None)
        return (path,)

    def follow(self, name: str) -> str | None:
        """Return where ``name`` leads through every link, None where that is outside the root or in circles."""
        try:
            return follow(normalise(name, self._limits), self.links.get)
        except PathRefused:
            return None

    def _at(self, path: str) -> tuple[dict[str, bool], str]:
        """Return the names beside a path that `locate` has given out, and its own."""
        folder, _, name = path.rpartition("/")
        return self._names[folder], name

    def _add(self, places: dict[str, None], path: str) -> None:
        if path not in places:
            self._count(path)
            places[path] = None

    def _count(self, path: str) -> None:
        self._bytes_left -= len(path)
        if self._bytes_left < 0:
            raise self._too_long()

    def _too_long(self) -> TarOverLimit:
        return TarOverLimit(f"the layer's paths take more than {self._limits.all_path_bytes} bytes")

    def _real_folder(self, folder: str) -> str:
        real = follow(folder, self.links.get)
        if real is None:
            raise PathRefused("the path goes in circles")
        missing = []
        parent = real
        while parent not in self._names:
            if self.has(parent):
                raise PathRefused("the path lies below a file")
            missing.append(parent)
            parent = parent.rpartition("/")[0]
        for path in reversed(missing):
            names, name = self._at(path)
            names[name] = False
            self._names[path] = {}
        return real

    def _drop_folder(self, path: str) -> list[str]:
        """Forget a folder and all that this layer put below it; return what was there and is no folder."""
        self._replaced += 1
        if self._replaced > self._limits.replaced_folders:
            raise TarOverLimit(f"files take the place of more than {self._limits.replaced_folders} folders")
        below = f"{path}/"
        dropped = [folder for folder in self._names if folder == path or folder.startswith(below)]
        gone = [
            f"{folder}/{name}" for folder in dropped for name, no_folder in self._names.pop(folder).items() if no_folder
        ]
        for other in gone:
            self.links.pop(other, None)
        for folder in [other for other in self.folders if other == path or other.startswith(below)]:
            del self.folders[folder]
        return gone
