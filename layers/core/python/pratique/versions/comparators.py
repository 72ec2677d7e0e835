"""Ranges made of comparators: ``>= 1.2, < 2 || = 3``.

A comma (or a blank) means "and", ``||`` means "or"; a version without an operator must be equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pratique.errors import InvalidVersion
from pratique.versions.scheme import Key

_TERM = re.compile(r"\s*(===?|!=|<=|>=|=|<|>)?\s*([^\s,<>=!|]+)\s*,?")

_HOLDS: dict[str, Callable[[int], bool]] = {
    "": lambda order: order == 0,
    "=": lambda order: order == 0,
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def order_of(left: Key, right: Key) -> int:
    """Return -1, 0 or 1 as ``left`` comes before, equals or comes after ``right``."""
    if left == right:
        return 0
    return -1 if left < right else 1


def holds(operator: str, order: int) -> bool:
    """Return whether ``operator`` (empty: equal) accepts the ``order`` of a version and the operator's operand.

    Raises InvalidVersion for an unknown operator.
    """
    accepts = _HOLDS.get(operator)
    if accepts is None:
        raise InvalidVersion(f"{operator!r} is not a comparison")
    return accepts(order)


def terms_of(group: str, term: re.Pattern[str] = _TERM) -> Iterator[tuple[str, str]]:
    """Yield ``(operator, version)`` of a list of comparators; raises InvalidVersion where it is none."""
    position = 0
    group = group.strip()
    while position < len(group):
        match = term.match(group, position)
        if match is None or match.end() == position:
            raise InvalidVersion(f"{group[:100]!r} is not a list of comparisons")
        yield match[1] or "", match[2]
        position = match.end()


def in_comparators(sort_key: Callable[[str], Key], range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils every comparator of at least one ``||`` group.

    An empty group accepts every version.  Raises InvalidVersion where either text is malformed.
    """
    key = sort_key(version)
    groups = [
        [holds(operator, order_of(key, sort_key(operand))) for operator, operand in terms_of(group)]
        for group in range_text.split("||")
    ]
    return any(all(group) for group in groups)
