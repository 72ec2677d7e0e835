"""Composer's version order: versions are brought to four numbers and a stability, then compared as PHP does.

https://getcomposer.org/doc/articles/versions.md and https://www.php.net/manual/en/function.version-compare.php
"""

from __future__ import annotations

from pratique.versions.composer_range import satisfies
from pratique.versions.composer_text import normalize, php_key
from pratique.versions.scheme import Key, has_key


def sort_key(version: str) -> Key:
    """Return the key of the normalised version; raises InvalidVersion for what Composer cannot normalise.

    Branches (``dev-main``) have their place before every number, and are equal to each other unless PHP knows
    their words.
    """
    return php_key(normalize(version))


def is_valid(version: str) -> bool:
    """Return whether Composer can normalise ``version``."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` satisfies a Composer constraint."""
    return satisfies(range_text, version)
