"""Version order and ranges, one module per scheme.

A scheme's order is a *sort key*: a value built of strings and tuples that compares natively, so that comparing two
versions costs two short parses, and comparing one with many costs one each.
"""

from __future__ import annotations

from pratique.errors import InvalidVersion
from pratique.versions.comparators import order_of
from pratique.versions.ecosystems import scheme_of
from pratique.versions.ranges import is_affected
from pratique.versions.scheme import MAX_RANGE_LENGTH, Key
from pratique.versions.schemes import SCHEMES, scheme_named

__all__ = ["SCHEMES", "compare", "in_range", "is_affected", "is_valid", "scheme_of", "sort_key"]


def compare(scheme: str, left: str, right: str) -> int:
    """Return a negative number, zero or a positive number as ``left`` comes before, equals or comes after ``right``.

    Raises InvalidVersion where the scheme gives either text no place, InvalidValue for an unknown scheme.
    """
    key = scheme_named(scheme).sort_key
    return order_of(key(left), key(right))


def sort_key(scheme: str, version: str) -> Key:
    """Return a key that orders ``version`` among others of the same scheme; raises as `compare` does."""
    return scheme_named(scheme).sort_key(version)


def is_valid(scheme: str, version: str) -> bool:
    """Return whether ``version`` is well formed in ``scheme``; some malformed versions can be compared all the same."""
    return scheme_named(scheme).is_valid(version)


def in_range(scheme: str, range_text: str, version: str) -> bool:
    """Return whether ``version`` lies in ``range_text``, which is written in the scheme's own range syntax.

    Raises InvalidVersion where the version or the range is malformed, InvalidValue for an unknown scheme.  Only npm's
    language says of what is no version that it lies in no range.
    """
    if len(range_text) > MAX_RANGE_LENGTH:
        raise InvalidVersion(f"a range of {len(range_text)} characters is over the limit of {MAX_RANGE_LENGTH}")
    return scheme_named(scheme).in_range(range_text, version)
