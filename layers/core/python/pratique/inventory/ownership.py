"""Which system package a language package's files belong to."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.inventory.image_tree import EffectiveFile, ImageTree
from pratique.model.package import PackageType


class Owners:
    """The effective paths that system packages own, as the package managers' own lists say.

    A path is a package's only while what lies there is not younger than the package: a file that a higher layer has
    put over it is not what the package manager installed.
    """

    def __init__(self, tree: ImageTree) -> None:
        """Read the lists of every effective file; paths are followed to where the files lie (a linked ``/lib``)."""
        self._owners: dict[str, tuple[str, int]] = {}
        installed = _debian_packages(tree)
        for files in tree.files.values():
            for file in files.values():
                for owner, since, path in _owned(file, installed):
                    self._owners[tree.links.locate(path)] = (owner, since)

    def owner(self, path: str, introduced: int) -> str:
        """Return ``deb:name`` of the owner of what layer number ``introduced`` put at ``path``, empty for none."""
        owner, since = self._owners.get(path, ("", -1))
        return owner if introduced <= since else ""


def _debian_packages(tree: ImageTree) -> dict[str, int]:
    """Return the effective Debian packages with the layer that introduced each: a list may outlive its package."""
    return {
        package.name: since
        for files in tree.files.values()
        for file in files.values()
        for package, since in file.introduced.values()
        if package.type is PackageType.DEB
    }


def _owned(file: EffectiveFile, installed: dict[str, int]) -> Iterator[tuple[str, int, str]]:
    inventory = file.inventory
    if inventory.owner:
        since = installed.get(inventory.owner)
        if since is not None:
            for _, path in inventory.owns:
                yield f"{PackageType.DEB}:{inventory.owner}", since, path
        return
    for index, path in inventory.owns:
        package = inventory.packages[index]
        yield f"{package.type}:{package.name}", file.introduced[package.key][1], path
