"""Debian's version order: ``[epoch:]upstream-version[-debian-revision]``.

https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html
"""

from __future__ import annotations

import re

from pratique.versions.comparators import in_comparators
from pratique.versions.numbers import counted
from pratique.versions.scheme import Key, check_length, has_key, refuse

_VERSION = re.compile(r"(?:(?P<epoch>[0-9]+):(?P<rest>[A-Za-z0-9.+~:_-]+)|(?P<plain>[A-Za-z0-9.+~_-]+))", re.ASCII)
_DIGITS = re.compile(r"([0-9]+)")
_MAX_EPOCH = 2**31 - 1  # dpkg keeps it in an int and refuses more

_END = "\x02"
# "The letters sort earlier than all the non-letters and so that a tilde sorts before anything, even the end of a part."
_WEIGHT = str.maketrans({"~": "\x01"} | {mark: chr(ord(mark) + 128) for mark in "+-.:_"})


def part_key(part: str) -> str:
    """Return a string that compares as dpkg compares an upstream version or a revision.

    Runs of other characters and runs of digits alternate.  Other characters become code points in dpkg's order,
    ``~`` below the mark that ends the run; a number becomes its length and its digits without leading zeros.
    """
    runs = _DIGITS.split(part)
    out = []
    for index, run in enumerate(runs):
        if index % 2:
            out.append(_END + counted(run))
        elif run:
            out.append(run.translate(_WEIGHT))
    if runs[-1] or len(runs) == 1:
        out.append(_END + counted(""))  # the number that is missing counts as zero
    out.append(_END)
    return "".join(out)


def sort_key(version: str) -> Key:
    """Return ``(epoch, upstream, revision)``; raises InvalidVersion for what dpkg refuses to parse.

    dpkg only warns where the upstream version does not begin with a digit or has an underscore, so such a version
    has its place.
    """
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        refuse("deb", version)
    epoch = int(match["epoch"] or 0)
    upstream, dash, revision = (match["rest"] or match["plain"]).rpartition("-")
    if not dash:
        upstream, revision = revision, ""
    elif not upstream or not revision or ":" in revision:
        refuse("deb", version, "its upstream version or its revision is empty or has a colon")
    if epoch > _MAX_EPOCH:
        refuse("deb", version, "its epoch is too big")
    return epoch, part_key(upstream), part_key(revision)


def is_valid(version: str) -> bool:
    """Return whether ``version`` is one, with an upstream version that starts with a digit."""
    upstream = version.partition(":")[2] if ":" in version else version
    return upstream[:1] in set("0123456789") and has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators."""
    return in_comparators(sort_key, range_text, version)
