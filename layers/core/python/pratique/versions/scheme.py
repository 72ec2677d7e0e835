"""What a version scheme answers, and the limits that all of them share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from pratique.errors import InvalidVersion

MAX_LENGTH = 1024
"""Longest version text that is read, in characters.  No real version comes near; hostile ones are refused."""

MAX_RANGE_LENGTH = 4000
"""Longest range text that is read, in characters."""

BLANK = re.compile(r"[\x00-\x20]")
"""A blank or a control character, which no version holds even where native tools read any text."""


class Key(Protocol):
    """A sort key: keys of one scheme compare with each other, and equal keys mean equal versions."""

    def __lt__(self, other: Any, /) -> bool:
        """Return whether this version comes before the other."""
        ...


class Scheme(Protocol):
    """One way of writing and ordering versions; every module of a scheme provides these three functions."""

    def sort_key(self, version: str, /) -> Key:
        """Return the key that places ``version`` in the scheme's total order.

        Raises InvalidVersion where the scheme gives the text no place.
        """
        ...

    def is_valid(self, version: str, /) -> bool:
        """Return whether ``version`` is well formed.

        This may be stricter than `sort_key`: native tools order some malformed versions, too.
        """
        ...

    def in_range(self, range_text: str, version: str, /) -> bool:
        """Return whether ``version`` lies in a range that is written in the scheme's own syntax.

        Raises InvalidVersion where the version, or a version in the range, is malformed, unless the syntax says
        what a malformed version means.
        """
        ...


def check_length(version: str) -> None:
    """Raise InvalidVersion for text that is empty or longer than `MAX_LENGTH`."""
    if not version:
        raise InvalidVersion("a version is empty")
    if len(version) > MAX_LENGTH:
        raise InvalidVersion(f"a version of {len(version)} characters is over the limit of {MAX_LENGTH}")


def refuse(scheme: str, version: str, why: str = "") -> NoReturn:
    """Raise InvalidVersion, naming the scheme and the text."""
    detail = f": {why}" if why else ""
    raise InvalidVersion(f"{version[:100]!r} is not a {scheme} version{detail}")


def has_key(sort_key: Callable[[str], Key], version: str) -> bool:
    """Return whether a scheme places ``version`` in its order: validity where no stricter rule is known."""
    try:
        sort_key(version)
    except InvalidVersion:
        return False
    return True
