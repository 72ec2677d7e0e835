"""Dart's version order: Semantic Versioning, but build metadata counts.

https://dart.dev/tools/pub/versioning and https://pub.dev/packages/pub_semver:
"Version 1.0.0+build is higher than 1.0.0".
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse
from pratique.versions.semver import Prerelease, numbers_key, prerelease_key

_WORDS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(rf"v?([0-9]+(?:\.[0-9]+)*)(?:-({_WORDS}))?(?:\+({_WORDS}))?", re.ASCII)
_NO_BUILD: Prerelease = ()


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release, build)``; raises InvalidVersion otherwise.

    A missing build is before every other; builds compare as pre-releases do.
    """
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        refuse("pub", version)
    return numbers_key(match[1]), prerelease_key(match[2]), prerelease_key(match[3]) if match[3] else _NO_BUILD


def is_valid(version: str) -> bool:
    """Return whether ``version`` is one."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
