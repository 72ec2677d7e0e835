"""npm's ranges: comparators, hyphens, ``x``, tildes and carets, joined by blanks (and) and ``||`` (or).

https://github.com/npm/node-semver#ranges says what each form stands for; here each becomes comparators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from pratique.errors import InvalidVersion
from pratique.versions.comparators import holds, order_of
from pratique.versions.semver import RELEASE, Parsed, Prerelease, prerelease_key

Comparator = tuple[str, Parsed]

_X = r"([0-9]+|[xX*])"
_PARTIAL = rf"[v=\s]*{_X}(?:\.{_X}(?:\.{_X}(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?)?)?"
_TERM = re.compile(rf"\s*(\^|~>?|>\s*=|<\s*=|>|<|=)?\s*{_PARTIAL}(?=\s|$)", re.ASCII)
_HYPHEN = re.compile(rf"\s*{_PARTIAL}\s+-\s+{_PARTIAL}\s*", re.ASCII)
_LOWEST: Prerelease = ((0, 0),)
_NOTHING: Comparator = ("<", ((0, 0, 0), _LOWEST))


class _Partial(Struct, frozen=True):
    """As much of a version as was given: the numbers before the first ``x``, and a pre-release."""

    numbers: tuple[int, ...]
    prerelease: Prerelease

    @property
    def lower(self) -> Parsed:
        """Return the version itself, with zeros for what is not given."""
        major, minor, patch = (*self.numbers, 0, 0, 0)[:3]
        return (major, minor, patch), self.prerelease

    def next_after(self, place: int) -> Parsed:
        """Return the lowest pre-release of the next version that differs at ``place``: 1 major, 2 minor, 3 patch."""
        kept = (*self.numbers, 0, 0, 0)[:place]
        major, minor, patch = (*kept[:-1], kept[-1] + 1, 0, 0)[:3]
        return (major, minor, patch), _LOWEST


def _partial(parts: tuple[str | None, ...]) -> _Partial:
    numbers: list[int] = []
    for part in parts[:3]:
        if part is None or not part.isdigit():
            break
        numbers.append(int(part))
    return _Partial(tuple(numbers), prerelease_key(parts[3]) if len(numbers) == 3 else RELEASE)  # noqa: PLR2004 - all three


def _between(low: _Partial, end: Parsed) -> list[Comparator]:
    return [(">=", low.lower), ("<", end)]


def _caret(wanted: _Partial) -> list[Comparator]:
    """Return what leaves the left-most number that is not zero as it is."""
    leading = next((place for place, number in enumerate(wanted.numbers, 1) if number), len(wanted.numbers))
    return _between(wanted, wanted.next_after(leading))


def _compared(operator: str, wanted: _Partial) -> list[Comparator]:
    """Return ``operator`` applied to a whole version, or to every version that a partial one stands for."""
    given = len(wanted.numbers)
    if given == 3:  # noqa: PLR2004 - major, minor, patch
        return [(operator or "=", wanted.lower)]
    if operator in ("", "="):
        return _between(wanted, wanted.next_after(given))
    if operator == ">":
        return [(">=", (wanted.next_after(given)[0], RELEASE))]
    if operator == "<=":
        return [("<", wanted.next_after(given))]
    return [(operator, (wanted.lower[0], _LOWEST if operator == "<" else RELEASE))]


def _term(operator: str, wanted: _Partial) -> list[Comparator]:
    given = len(wanted.numbers)
    if not given:
        return [_NOTHING] if operator in ("<", ">") else []
    if operator.startswith("~"):
        return _between(wanted, wanted.next_after(min(given, 2)))
    if operator == "^":
        return _caret(wanted)
    return _compared(operator, wanted)


def _hyphen(low: _Partial, high: _Partial) -> list[Comparator]:
    comparators: list[Comparator] = [(">=", low.lower)] if low.numbers else []
    return comparators + (_compared("<=", high) if high.numbers else [])


def _comparators(group: str) -> Iterator[Comparator]:
    """Yield the comparators of one group between ``||``; none means "any release"."""
    if match := _HYPHEN.fullmatch(group):
        parts = match.groups()
        yield from _hyphen(_partial(parts[:4]), _partial(parts[4:]))
        return
    position = 0
    group = group.rstrip()
    while position < len(group):
        match = _TERM.match(group, position)
        if match is None:
            raise InvalidVersion(f"{group[:100]!r} is not an npm range")
        operator, *parts_found = match.groups()
        yield from _term("".join((operator or "").split()), _partial(tuple(parts_found)))
        position = match.end()


def _allows(comparators: list[Comparator], version: Parsed) -> bool:
    if not all(holds(operator, order_of(version, operand)) for operator, operand in comparators):
        return False
    # "If a version has a prerelease tag then it will only be allowed to satisfy comparator sets if at least one
    # comparator with the same [major, minor, patch] tuple also has a prerelease tag."
    numbers, prerelease = version
    return prerelease == RELEASE or any(
        operand[0] == numbers and operand[1] != RELEASE for _operator, operand in comparators
    )


def satisfies(range_text: str, version: Parsed) -> bool:
    """Return whether ``version`` satisfies the range; raises InvalidVersion where that is not one.

    A group that accepts any release takes the place of all others, also of those that accept a pre-release.
    """
    groups = [list(_comparators(group)) for group in range_text.split("||")]
    if not all(groups):
        groups = [[]]
    return any(_allows(comparators, version) for comparators in groups)
