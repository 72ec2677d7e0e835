"""Go's version order: module versions as `golang.org/x/mod/semver` orders them, and tags of Go itself.

https://go.dev/ref/mod#versions; ``v1`` and ``v1.2`` stand for ``v1.0.0`` and ``v1.2.0``.  OSV leaves the ``v``
out, so it is optional here.  By https://go.dev/doc/toolchain#version ``go1.21rc2`` is the second release candidate
of 1.21.
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse
from pratique.versions.semver import STRICT, prerelease_key, strict_key

_SHORT = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?", re.ASCII)
_TOOLCHAIN = re.compile(r"(?:go)?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:(beta|rc)([0-9]+))?(?:-.*)?", re.ASCII)


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)``; raises InvalidVersion for what is neither kind of version."""
    check_length(version)
    bare = version.removeprefix("v")
    if _SHORT.fullmatch(bare):
        return strict_key("golang", bare + (".0" if "." in bare else ".0.0"))
    if STRICT.fullmatch(bare):
        return strict_key("golang", bare)
    return _toolchain_key(version)


def _toolchain_key(version: str) -> Key:
    match = _TOOLCHAIN.fullmatch(version)
    if match is None or not (version.startswith("go") or match[4]):
        refuse("golang", version)
    major, minor, patch, stage, number = match.groups(default="")
    numbers = (int(major), int(minor or 0), int(patch or 0))
    return numbers, prerelease_key(f"{stage}.{number}" if stage else None)


def is_valid(version: str) -> bool:
    """Return whether ``version`` is a module version or a tag of Go itself."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
