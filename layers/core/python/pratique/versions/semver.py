"""Semantic Versioning 2.0.0, https://semver.org/spec/v2.0.0.html: the strict grammar and a lenient one.

The lenient one is for versions in the wild: ``v`` before them, one to many numbers, no hyphen before a
pre-release.
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse

Prerelease = tuple[tuple[int, int | str], ...]

Parsed = tuple[tuple[int, int, int], Prerelease]
"""The key of a strict version: major, minor and patch, then the pre-release."""

RELEASE: Prerelease = ((2, 0),)
"""The pre-release key of a version without one: after every pre-release."""

STRICT = re.compile(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?",
    re.ASCII,
)
_LENIENT = re.compile(
    r"[vV=\s]*(?P<numbers>[0-9]+(?:\.[0-9]+)*)"
    r"(?:(?:-|(?=[A-Za-z]))(?P<pre>[0-9A-Za-z~_-]+(?:\.[0-9A-Za-z~_-]+)*))?"
    r"(?:\+[0-9A-Za-z.~_-]*)?\s*",
    re.ASCII,
)
_DOTTED_STAGE = re.compile(r"\.(?=alpha|beta|rc)", re.ASCII)


def prerelease_key(text: str | None) -> Prerelease:
    """Return the key of dot-separated identifiers.

    Numbers compare as numbers and come before words; words compare in ASCII order; of two lists that begin alike the
    longer one is higher; no pre-release at all is highest.
    """
    if not text:
        return RELEASE
    return tuple((0, int(word)) if word.isdigit() else (1, word) for word in text.split("."))


def numbers_key(numbers: str) -> tuple[int, ...]:
    """Return dotted numbers without trailing zeros, so that ``1.2`` equals ``1.2.0``."""
    key = [int(number) for number in numbers.split(".")]
    while key and not key[-1]:
        key.pop()
    return tuple(key)


def strict_key(scheme: str, version: str) -> Parsed:
    """Return ``(numbers, pre-release)`` of a version by the letter of the specification.

    Build metadata does not count.  Raises InvalidVersion in the name of ``scheme`` otherwise.
    """
    check_length(version)
    match = STRICT.fullmatch(version)
    if match is None:
        refuse(scheme, version)
    return (int(match[1]), int(match[2]), int(match[3])), prerelease_key(match[4])


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)`` by the lenient grammar; raises InvalidVersion where that fails, too."""
    check_length(version)
    bare, plus, build = version.partition("+")
    if "-" not in bare:
        # `1.0.0.rc1` is how the same release is written where a hyphen is not allowed.
        bare = _DOTTED_STAGE.sub("-", bare)
    match = _LENIENT.fullmatch(bare + plus + build)
    if match is None:
        refuse("semver", version)
    return numbers_key(match["numbers"]), prerelease_key(match["pre"])


def is_valid(version: str) -> bool:
    """Return whether the lenient grammar reads ``version``."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
