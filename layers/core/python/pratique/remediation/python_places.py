"""Where a Python distribution lies tells what installs it there, and which copy of it a command reaches.

An interpreter imports from its own folders, so each has commands of its own.  pip replaces a distribution in the
folders that it installs into.  Elsewhere (a folder that ``--target`` named, Debian's own ``dist-packages``, metadata in
one file as distutils wrote it) it leaves the old metadata where it is, and the package looks installed in two versions:
there the old metadata is removed first.  Copies inside another distribution, and wheels, are reached by no command.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import posixpath
import re

from pratique.remediation.place import Place
from pratique.remediation.words import is_plain_folder

_LIBRARY = re.compile(
    r"(?P<prefix>.*?)/?lib(?:64)?/(?P<python>python\d+(?:\.\d+)?)/(?P<kind>site|dist)-packages/(?P<inside>.+)"
)
_LOCKS = {"poetry.lock": "poetry", "uv.lock": "uv", "Pipfile.lock": "pipenv"}
_METADATA = frozenset({"METADATA", "PKG-INFO"})
_ODD = Place("odd-name")


def python_place(path: str) -> Place:
    """Return what installs the distribution whose metadata lies at ``path``."""
    name = posixpath.basename(path)
    if name in _LOCKS:
        return Place(_LOCKS[name], posixpath.dirname(path))
    if name.endswith((".txt", ".whl")):
        return Place("requirements", path) if name.endswith(".txt") else Place("wheel")
    found = _LIBRARY.fullmatch(path)
    return _library(path, found) if found else _target(path)


def _library(path: str, found: re.Match[str]) -> Place:
    if "/" in metadata_of(found["inside"]):
        return Place("by-hand", part_of=found["inside"].partition("/")[0])
    if (found["prefix"], found["python"]) == ("usr", "python3"):
        return _target(path)
    if leaves_metadata(path) and not is_plain_folder(path):
        return _ODD
    if found["kind"] == "dist" or found["prefix"] in ("usr", "usr/local", ""):
        return Place("pip-system" if found["kind"] == "dist" else "pip", program=found["python"])
    return Place("pip-environment", found["prefix"])


def metadata_of(path: str) -> str:
    """Return the folder, or the one file, that makes a distribution look installed."""
    if posixpath.basename(path) not in _METADATA:
        return path
    folder = posixpath.dirname(path)
    return posixpath.dirname(folder) if posixpath.basename(folder) == "EGG-INFO" else folder


def leaves_metadata(path: str) -> bool:
    """Whether pip cannot uninstall the distribution, for distutils did not record its files."""
    return path.endswith(".egg-info")


def _target(path: str) -> Place:
    metadata = metadata_of(path)
    return Place("pip-target", posixpath.dirname(metadata)) if is_plain_folder(metadata) else _ODD
