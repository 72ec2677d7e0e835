"""Haskell's version order: numbers between dots, and of two that begin alike the longer one is higher.

https://pvp.haskell.org/#version-numbers; Cabal reads no number with leading zeros.
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse

_VERSION = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*", re.ASCII)


def sort_key(version: str) -> Key:
    """Return the numbers; raises InvalidVersion otherwise."""
    check_length(version)
    if not _VERSION.fullmatch(version):
        refuse("hackage", version)
    return tuple(int(number) for number in version.split("."))


def is_valid(version: str) -> bool:
    """Return whether Cabal reads ``version``."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
