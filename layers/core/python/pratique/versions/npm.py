"""npm's version order: strict Semantic Versioning, a leading ``v`` or ``=`` set aside.

https://github.com/npm/node-semver#versions; the ranges are in `npm_range`.
"""

from __future__ import annotations

from pratique.errors import InvalidVersion
from pratique.versions.npm_range import satisfies
from pratique.versions.scheme import Key, has_key
from pratique.versions.semver import RELEASE, Parsed, strict_key

_ANY_VERSION: Parsed = ((0, 0, 0), RELEASE)


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)``; raises InvalidVersion for what node-semver does not parse."""
    return _parsed(version)


def is_valid(version: str) -> bool:
    """Return whether node-semver parses ``version``."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` satisfies an npm range, pre-releases by npm's rule.

    As with node-semver's own ``satisfies``, text that is no version satisfies no range; a malformed range raises
    InvalidVersion.
    """
    try:
        parsed = _parsed(version)
    except InvalidVersion:
        satisfies(range_text, _ANY_VERSION)
        return False
    return satisfies(range_text, parsed)


def _parsed(version: str) -> Parsed:
    return strict_key("npm", version.strip().lstrip("v=").strip())
