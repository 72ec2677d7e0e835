"""Which system package a file belongs to, and which content it should have."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from pratique.inventory.image_tree import EffectiveFile, ImageTree
from pratique.model.package import PackageType


class PackagedFile(Struct):
    """What package managers say of one path.

    ``owner`` is ``deb:name`` and the like, ``since`` the number of the layer that brought the package.  ``checksums``
    has the owners' names by checksum: several packages may bring a file, and only one of them has put it there.
    """

    owner: str = ""
    since: int = -1
    checksums: dict[str, str] = field(default_factory=dict)


class Owners:
    """The effective paths that system packages own, as the package managers' own lists say.

    A path is a package's only while what lies there is not younger than the package: a file that a higher layer has
    put over it is not what the package manager installed.
    """

    def __init__(self, tree: ImageTree) -> None:
        """Read the lists of every effective file; paths are followed to where the files lie (a linked ``/lib``)."""
        self._tree = tree
        self._diverted = _diversions(tree)
        self.files: dict[str, PackagedFile] = {}
        installed = _debian_packages(tree)
        for files in tree.files.values():
            for file in files.values():
                for index, path in file.inventory.owns:
                    if found := _owner(file, index, installed):
                        packaged = self._file(path, found[0])
                        packaged.owner, packaged.since = found
                for index, path, checksum in file.inventory.checksums:
                    if found := _owner(file, index, installed):
                        packaged = self._file(path, found[0])
                        packaged.checksums[checksum] = found[0]
                        packaged.since = max(packaged.since, found[1])

    def owner(self, path: str, introduced: int) -> str:
        """Return ``deb:name`` of the owner of what layer number ``introduced`` put at ``path``, empty for none."""
        packaged = self.files.get(path)
        return packaged.owner if packaged is not None and introduced <= packaged.since else ""

    def _file(self, path: str, owner: str) -> PackagedFile:
        located = self._tree.links.locate(path)
        target, but = self._diverted.get(located, (located, owner))
        return self.files.setdefault(located if but == owner else target, PackagedFile())


def _diversions(tree: ImageTree) -> Mapping[str, tuple[str, str]]:
    """Return, by path, where the files of every package but one lie, and that package (``deb:`` and no name: none)."""
    locate = tree.links.locate
    return {
        locate(one.path): (locate(one.target), f"{PackageType.DEB}:{one.package}")
        for files in tree.files.values()
        for file in files.values()
        for one in file.inventory.diversions
    }


def _debian_packages(tree: ImageTree) -> dict[str, int]:
    """Return the effective Debian packages with the layer that introduced each: a list may outlive its package."""
    return {
        package.name: since
        for files in tree.files.values()
        for file in files.values()
        for package, since in file.introduced.values()
        if package.type is PackageType.DEB
    }


def _owner(file: EffectiveFile, index: int, installed: Mapping[str, int]) -> tuple[str, int] | None:
    """Return the package that ``index`` of a file's lists means and the layer that brought it, None for a gone one."""
    inventory = file.inventory
    if inventory.owner:
        since = installed.get(inventory.owner)
        return None if since is None else (f"{PackageType.DEB}:{inventory.owner}", since)
    package = inventory.packages[index]
    return f"{package.type}:{package.name}", file.introduced[package.key][1]
