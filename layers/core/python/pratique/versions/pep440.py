"""Python's version order, by the `packaging` library.

https://packaging.python.org/en/latest/specifications/version-specifiers/
"""

from __future__ import annotations

from functools import lru_cache

from pratique.errors import InvalidVersion
from pratique.versions.scheme import Key, check_length, has_key, refuse


@lru_cache(maxsize=16384)
def sort_key(version: str) -> Key:
    """Return the version as the library's own ordered value; raises InvalidVersion where PEP 440 does.

    Parsing costs ten times a comparison, and the advisories of one package list the same versions over and over.
    """
    from packaging import version as packaging_version  # noqa: PLC0415 - its import costs more than a scan without it

    check_length(version)
    try:
        return packaging_version.Version(version)
    except packaging_version.InvalidVersion:
        refuse("pep440", version)


def is_valid(version: str) -> bool:
    """Return whether PEP 440 accepts ``version`` in any spelling."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether a specifier set (comma means "and") holds ``version``; pre-releases may match."""
    from packaging import specifiers  # noqa: PLC0415 - see above

    sort_key(version)
    try:
        wanted = specifiers.SpecifierSet(range_text, prereleases=True)
    except specifiers.InvalidSpecifier as error:
        raise InvalidVersion(f"{range_text[:100]!r} is not a specifier set") from error
    return wanted.contains(version, prereleases=True)
