"""Maven's version ranges: intervals in brackets, joined by commas, or a list of comparators.

https://maven.apache.org/pom.html#dependency-version-requirement-specification
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pratique.errors import InvalidVersion
from pratique.versions.comparators import in_comparators, order_of
from pratique.versions.scheme import Key

_INTERVAL = re.compile(r"\s*([\[(])\s*([^\[\](),]*?)\s*(?:(,)\s*([^\[\](),]*?)\s*)?([\])])\s*(,|$)")


def contains(sort_key: Callable[[str], Key], range_text: str, version: str) -> bool:
    """Return whether ``version`` lies in the range; raises InvalidVersion where either text is malformed.

    A bare version is a comparator for equality, not Maven's recommendation, which would accept every version.
    """
    if range_text.lstrip()[:1] not in ("[", "("):
        return in_comparators(sort_key, range_text, version)
    key = sort_key(version)
    position = 0
    found = False
    while position < len(range_text):
        match = _INTERVAL.match(range_text, position)
        if match is None:
            raise InvalidVersion(f"{range_text[:100]!r} is not a set of intervals")
        found = _in_interval(sort_key, key, match) or found
        position = match.end()
    return found


def _in_interval(sort_key: Callable[[str], Key], key: Key, interval: re.Match[str]) -> bool:
    opening, low, comma, high, closing, _more = interval.groups()
    if not comma:
        if (opening, closing) != ("[", "]"):
            raise InvalidVersion(f"{interval[0][:100]!r}: a single version stands in square brackets")
        return order_of(key, sort_key(low)) == 0
    if low and order_of(key, sort_key(low)) < (0 if opening == "[" else 1):
        return False
    return not high or order_of(key, sort_key(high)) <= (0 if closing == "]" else -1)
