"""rpm's version order: ``[epoch:]version[-release]``.

https://rpm.org/docs/4.20.x/man/rpm-version.7 and rpmio/rpmvercmp.c describe it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pratique.versions.comparators import in_comparators
from pratique.versions.numbers import counted
from pratique.versions.scheme import BLANK, Key, check_length, has_key, refuse

_EPOCH = re.compile(r"([0-9]*):", re.ASCII)
# What is neither a letter, a digit, a tilde nor a caret only separates.
_SEGMENTS = re.compile(r"[0-9]+|[A-Za-z]+|[~^]", re.ASCII)

# At one place: a tilde is before the end, the end before a caret, that before letters, those before numbers.
_TILDE, _END, _CARET, _LETTERS, _NUMBER = "\x01", "\x02", "\x03", "\x04", "\x05"


@lru_cache(maxsize=4096)
def _segment_key(segment: str) -> str:
    """Return the key of one segment; few segments make up all versions."""
    if "0" <= segment[0] <= "9":
        return _NUMBER + counted(segment)
    return {"~": _TILDE, "^": _CARET}.get(segment) or _LETTERS + segment


def part_key(part: str) -> str:
    """Return a string that compares as rpm compares versions or releases."""
    return "".join(map(_segment_key, _SEGMENTS.findall(part))) + _END


def sort_key(version: str) -> Key:
    """Return ``(epoch, version, release)``: a missing epoch is 0, a missing release before every other.

    Any text has its place, as in rpm; only blanks and control characters raise InvalidVersion.
    """
    check_length(version)
    if BLANK.search(version):
        refuse("rpm", version, "it has a blank")
    match = _EPOCH.match(version)
    epoch = int(match[1] or 0) if match else 0
    rest = version[match.end() :] if match else version
    number, dash, release = rest.rpartition("-")
    if not dash:
        return epoch, part_key(rest), ""
    return epoch, part_key(number), part_key(release)


def is_valid(version: str) -> bool:
    """Return whether rpm gives ``version`` a place."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
