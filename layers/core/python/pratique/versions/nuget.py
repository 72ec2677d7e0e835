"""NuGet's version order: Semantic Versioning with a fourth number, pre-releases without regard to case.

https://learn.microsoft.com/en-us/nuget/concepts/package-versioning
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse
from pratique.versions.semver import numbers_key, prerelease_key

_VERSION = re.compile(
    r"\s*[vV]?([0-9]+(?:\.[0-9]+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?\s*", re.ASCII
)


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)``, missing numbers being zeros; raises InvalidVersion otherwise."""
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        refuse("nuget", version)
    return numbers_key(match[1]), prerelease_key(match[2].upper() if match[2] else None)


def is_valid(version: str) -> bool:
    """Return whether ``version`` has one to four numbers, and a pre-release and metadata at most."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
