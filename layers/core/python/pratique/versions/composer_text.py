"""Composer's normal form of a version, and PHP's order of such texts.

https://github.com/composer/semver/blob/main/README.md and https://www.php.net/manual/en/function.version-compare.php
"""

from __future__ import annotations

import re

from pratique.versions.scheme import Key, check_length, refuse

STABILITY = r"[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?[0-9]++)*+)?)?([.-]?dev)?"
"""A stability, its number and ``dev``, as they follow the numbers of a version."""

_FLAGS = re.ASCII | re.IGNORECASE
ALIAS = re.compile(r"([^,\s]+) +as +[^,\s]+", _FLAGS)
"""``version as alias``, of which the first counts."""

_FLAG = re.compile(r"@(?:stable|rc|beta|alpha|dev)$", _FLAGS)
_BUILD = re.compile(r"([^,\s+]+)\+\S+", _FLAGS)
_NUMBERS = re.compile(rf"v?([0-9]{{1,5}})(\.[0-9]+)?(\.[0-9]+)?(\.[0-9]+)?{STABILITY}", _FLAGS)
_DATE = re.compile(rf"v?([0-9]{{4}}(?:[.:-]?[0-9]{{2}}){{1,6}}(?:[.:-]?[0-9]{{1,3}}){{0,2}}){STABILITY}", _FLAGS)
_DEV_BRANCH = re.compile(r"(.*?)[.-]?dev", _FLAGS)
_BRANCH = re.compile(r"v?([0-9]+)(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?", _FLAGS)
_EXPANDED = {"a": "alpha", "b": "beta", "p": "patch", "pl": "patch", "rc": "RC"}
_ANY_NUMBER = "9999999"

# PHP: "any string not found in this list < dev < alpha = a < beta = b < RC = rc < # < pl = p", where # stands for
# a number.  A version that ends is after its release candidates and before a further number.
_PHP_WORDS = (("dev", 1), ("a", 2), ("b", 3), ("RC", 4), ("rc", 4), ("p", 7))
_UNKNOWN, _END, _NUMBER = 0, 5, 6
_PHP_PART = re.compile(r"[0-9]+|[A-Za-z]+", re.ASCII)  # whatever else there is only separates


def _with_stability(numbers: str, stability: str, number: str, dev: str) -> str:
    if stability.lower() == "stable":
        return numbers
    if stability:
        numbers += f"-{_EXPANDED.get(stability.lower(), stability.lower())}{number.lstrip('.-')}"
    return numbers + "-dev" if dev else numbers


def _numbered(version: str) -> str:
    """Return the normal form of a version of one to four numbers or of a date, empty for any other."""
    match = _NUMBERS.fullmatch(version)
    if match is not None:
        major, minor, patch, fourth, *stability = match.groups(default="")
        return _with_stability(major + "".join(part or ".0" for part in (minor, patch, fourth)), *stability)
    match = _DATE.fullmatch(version)
    if match is None:
        return ""
    date, *stability = match.groups(default="")
    return _with_stability(re.sub(r"[^0-9]", ".", date), *stability)


def _branch(name: str) -> str:
    """Return the normal form of the branch ``name``: ``1.x`` is later than every 1.n, other names have no number."""
    match = _BRANCH.fullmatch(name)
    if match is None:
        return f"dev-{name}"
    parts = [part.lstrip(".") for part in match.groups(default="x")]
    return ".".join(part if part.isdigit() else _ANY_NUMBER for part in parts) + "-dev"


def normalize(version: str) -> str:
    """Return Composer's normal form of ``version``: ``v1.2b3`` is ``1.2.0.0-beta3``.

    Raises InvalidVersion for what is neither numbers, a date nor a branch.
    """
    check_length(version)
    text = version.strip()
    if match := ALIAS.fullmatch(text):
        text = match[1]
    text = _FLAG.sub("", text)
    if text in ("master", "trunk", "default"):
        return f"dev-{text}"
    if text[:4].lower() == "dev-":
        return f"dev-{text[4:]}"
    if match := _BUILD.fullmatch(text):
        text = match[1]
    if numbered := _numbered(text):
        return numbered
    match = _DEV_BRANCH.fullmatch(text)
    if match is None or not match[1]:
        refuse("composer", version)
    branch = _branch(match[1])
    if branch.startswith("dev-"):
        refuse("composer", version)
    return branch


def php_key(normalized: str) -> Key:
    """Return a tuple that compares as PHP's `version_compare` does."""
    key: list[tuple[int, int]] = []
    for part in _PHP_PART.findall(normalized):
        if part.isdigit():
            key.append((_NUMBER, int(part)))
        else:
            key.append((next((rank for word, rank in _PHP_WORDS if part.startswith(word)), _UNKNOWN), 0))
    key.append((_END, 0))
    return tuple(key)
