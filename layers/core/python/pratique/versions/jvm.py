"""Order of Java runtimes: ``1.8.0_131-b11`` before JEP 223, ``11.0.4+11`` since.

https://openjdk.org/jeps/223: ``1.8.0_131`` is the ``8.0.131`` of the newer form.  Build numbers do not count:
advisories name releases without them.
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.scheme import Key, check_length, has_key, refuse
from pratique.versions.semver import numbers_key, prerelease_key

_VERSION = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)"
    r"(?:(?:_|-?update|u)(?P<update>[0-9]+))?"
    r"(?:-(?!b[0-9]+(?:$|[-+]))(?P<pre>[A-Za-z][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*))?"
    r"(?:-b[0-9]+)?(?:\+[0-9A-Za-z.-]*)?(?:-[0-9A-Za-z.-]+)?",
    re.ASCII,
)


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)``; raises InvalidVersion for what is neither form."""
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        refuse("jvm", version)
    numbers = match["numbers"].split(".")
    if len(numbers) > 1 and numbers[0] == "1":
        del numbers[0]
    if match["update"]:
        numbers = [numbers[0], numbers[1] if len(numbers) > 1 else "0", match["update"]]
    return numbers_key(".".join(numbers)), prerelease_key(match["pre"])


def is_valid(version: str) -> bool:
    """Return whether ``version`` is of either form."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
