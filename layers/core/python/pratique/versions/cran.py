"""R's version order: numbers between dots or hyphens, and of two that begin alike the longer one is higher.

https://stat.ethz.ch/R-manual/R-devel/library/base/html/numeric_version.html
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse

_VERSION = re.compile(r"[0-9]+(?:[.-][0-9]+)*", re.ASCII)


def sort_key(version: str) -> Key:
    """Return the numbers; raises InvalidVersion otherwise."""
    check_length(version)
    if not _VERSION.fullmatch(version):
        refuse("cran", version)
    return tuple(int(number) for number in version.replace("-", ".").split("."))


def is_valid(version: str) -> bool:
    """Return whether R reads ``version`` as a numeric version."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
