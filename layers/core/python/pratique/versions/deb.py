"""Debian's version order: ``[epoch:]upstream-version[-debian-revision]``.

https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from pratique.versions.comparators import in_comparators
from pratique.versions.numbers import counted
from pratique.versions.scheme import Key, check_length, has_key, refuse

_CHARACTERS = re.compile(r"[A-Za-z0-9.+~:_-]+", re.ASCII)
_DIGITS = re.compile(r"([0-9]+)")
_MAX_EPOCH = 2**31 - 1  # dpkg keeps it in an int and refuses more

_END = "\x02"
_ZERO = _END + counted("")
# "The letters sort earlier than all the non-letters and so that a tilde sorts before anything, even the end of a part."
_WEIGHT = str.maketrans({"~": "\x01"} | {mark: chr(ord(mark) + 128) for mark in "+-.:_"})


@lru_cache(maxsize=4096)
def _run_key(run: str) -> str:
    """Return the key of one run of digits or of other characters; few runs make up all versions."""
    return _END + counted(run) if "0" <= run[:1] <= "9" else run.translate(_WEIGHT)


def part_key(part: str) -> str:
    """Return a string that compares as dpkg compares an upstream version or a revision.

    Runs of other characters and runs of digits alternate.  Other characters become code points in dpkg's order,
    ``~`` below the mark that ends the run; a number becomes its length and its digits without leading zeros.
    """
    runs = _DIGITS.split(part)
    key = "".join(map(_run_key, runs))
    ends_in_number = not runs[-1] and len(runs) > 1
    return key + _END if ends_in_number else key + _ZERO + _END  # a number that is missing counts as zero


def sort_key(version: str) -> Key:
    """Return ``(epoch, upstream, revision)``; raises InvalidVersion for what dpkg refuses to parse.

    dpkg only warns where the upstream version does not begin with a digit or has an underscore, so such a version
    has its place.
    """
    check_length(version)
    if not _CHARACTERS.fullmatch(version):
        refuse("deb", version)
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    elif not epoch.isdigit() or int(epoch) > _MAX_EPOCH:
        refuse("deb", version, "its epoch is not a number or too big")
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    elif not revision or ":" in revision:
        refuse("deb", version, "its revision is empty or has a colon")
    if not upstream:
        refuse("deb", version, "its upstream version is empty")
    return int(epoch), part_key(upstream), part_key(revision)


def is_valid(version: str) -> bool:
    """Return whether ``version`` is one, with an upstream version that starts with a digit."""
    upstream = version.partition(":")[2] if ":" in version else version
    return upstream[:1] in set("0123456789") and has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
