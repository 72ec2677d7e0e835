"""Where a language package lies in an image tells what installs it there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from pratique.model.package import PackageType
from pratique.remediation.affected import AffectedPackage
from pratique.remediation.place import Place
from pratique.remediation.python_places import python_place

_NODE_LOCKS = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "bun",
}
_GLOBAL_NODE = re.compile(r"(?:usr(?:/local)?|opt/[^/]+)/lib")


def place_of(package: AffectedPackage) -> Place:
    """Return what installs a language package where it lies."""
    find = _FINDERS.get(package.type)
    return find(package.path) if find else Place("by-hand")


def _node(path: str) -> Place:
    folder, name = posixpath.split(path)
    if name in _NODE_LOCKS:
        return Place(_NODE_LOCKS[name], folder)
    root, _, inner = f"/{path}".partition("/node_modules/")
    root = root.lstrip("/")
    if inner.startswith(".pnpm/"):
        return Place("pnpm", root)
    outermost = "/".join(inner.split("/")[: 2 if inner.startswith("@") else 1])
    nested = "/node_modules/" in inner
    if _GLOBAL_NODE.fullmatch(root):
        return Place("by-hand", part_of=outermost) if nested else Place("npm-global")
    return Place("npm-nested" if nested else "npm", root)


def _gem(path: str) -> Place:
    folder, name = posixpath.split(path)
    return Place("bundle", folder) if name == "Gemfile.lock" else Place("gem")


def _composer(path: str) -> Place:
    if posixpath.basename(path) == "composer.lock":
        return Place("composer", posixpath.dirname(path))
    return Place("composer", f"/{path}".rpartition("/vendor/")[0].lstrip("/"))


def _project(tool: str, files: tuple[str, ...]) -> Callable[[str], Place]:
    """Return a finder: ``tool`` in the folder of one of these files, with no folder for what was built elsewhere."""

    def find(path: str) -> Place:
        folder, name = posixpath.split(path)
        return Place(tool, folder or ".") if name in files else Place(tool)

    return find


_FINDERS: Mapping[str, Callable[[str], Place]] = {
    PackageType.PYPI: python_place,
    PackageType.NPM: _node,
    PackageType.GEM: _gem,
    PackageType.COMPOSER: _composer,
    PackageType.MAVEN: lambda _: Place("mvn"),
    PackageType.GOLANG: _project("go", ("go.mod",)),
    PackageType.CARGO: _project("cargo", ("Cargo.lock",)),
    PackageType.NUGET: _project("dotnet", ("packages.lock.json",)),
    PackageType.HEX: _project("mix", ("mix.lock",)),
    PackageType.CONDA: lambda path: Place("conda", posixpath.dirname(posixpath.dirname(path))),
}
