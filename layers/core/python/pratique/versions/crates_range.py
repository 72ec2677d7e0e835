"""Cargo's version requirements: a comma-separated list in which a bare version means a caret.

https://docs.rs/semver/latest/semver/enum.Op.html says what each operator accepts.
"""

from __future__ import annotations

import re

from msgspec import Struct

from pratique.errors import InvalidVersion
from pratique.versions.comparators import holds, order_of
from pratique.versions.semver import RELEASE, Parsed, Prerelease, prerelease_key

_N = r"(0|[1-9][0-9]*)"
_TERM = re.compile(
    rf"\s*(=|>=|<=|>|<|~|\^)?\s*{_N}(?:\.(?:[xX*](?:\.[xX*])?|{_N}(?:\.(?:[xX*]|{_N}"
    r"(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?))?))?\s*",
    re.ASCII,
)
_WHOLE = 3  # major, minor and patch


class _Comparator(Struct, frozen=True):
    """One operator with as many numbers as were given; ``*`` stands for a wildcard without an operator."""

    operator: str
    numbers: tuple[int, ...]
    prerelease: Prerelease

    def accepts(self, version: Parsed) -> bool:
        """Return whether ``version`` is in the interval, pre-releases in order like any other version."""
        numbers, prerelease = version
        given = len(self.numbers)
        if self.operator in ("*", "~", "^"):
            return self._is_compatible(version)
        order = order_of(numbers[:given], self.numbers)
        if not order and given == _WHOLE:
            order = order_of(prerelease, self.prerelease)
        elif not order and "=" in self.operator and prerelease != RELEASE:
            return False
        return holds(self.operator, order)

    def _is_compatible(self, version: Parsed) -> bool:
        numbers, prerelease = version
        given = len(self.numbers)
        fixed = {"*": given, "~": min(given, 2)}.get(self.operator)
        if fixed is None:  # "An update is allowed if it does not modify the left-most non-zero number."
            fixed = next((place for place, number in enumerate(self.numbers, 1) if number), given)
        if numbers[:fixed] != self.numbers[:fixed]:
            return False
        if given == _WHOLE:
            return version >= (self.numbers, self.prerelease)
        return prerelease == RELEASE if self.operator == "~" else numbers[:given] >= self.numbers

    def names(self, version: Parsed) -> bool:
        """Return whether this asks for pre-releases of the very version that ``version`` is one of."""
        return self.prerelease != RELEASE and self.numbers == version[0]


def _comparator(text: str) -> _Comparator:
    match = _TERM.fullmatch(text)
    if match is None:
        raise InvalidVersion(f"{text[:100]!r} is not a Cargo version requirement")
    operator, major, minor, patch, prerelease = match.groups()
    numbers = tuple(int(number) for number in (major, minor, patch) if number is not None)
    has_wildcard = any(mark in text.partition("-")[0] for mark in "xX*")
    return _Comparator(operator or ("*" if has_wildcard else "^"), numbers, prerelease_key(prerelease))


def meets(range_text: str, version: Parsed) -> bool:
    """Return whether ``version`` meets every comparator of the list.

    A pre-release does so only where a comparator names a pre-release of the same version.  Raises InvalidVersion
    where the text is no requirement.
    """
    if range_text.strip() in ("*", "x", "X"):  # only by itself, without an operator
        return version[1] == RELEASE
    comparators = [_comparator(text) for text in range_text.split(",")]
    if not all(comparator.accepts(version) for comparator in comparators):
        return False
    return version[1] == RELEASE or any(comparator.names(version) for comparator in comparators)
