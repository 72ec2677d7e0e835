"""Whether a version is affected, by the evaluation that the OSV schema defines.

https://ossf.github.io/osv-schema/#evaluation
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pratique.errors import InvalidVersion
from pratique.model.advisory import Interval
from pratique.versions.scheme import Key
from pratique.versions.schemes import scheme_named


def is_affected(scheme: str, version: str, intervals: Sequence[Interval], versions: Sequence[str]) -> bool:
    """Return whether ``version`` lies in any of ``intervals`` or is one of ``versions``.

    ``introduced`` counts from itself on, and empty or ``0`` from the beginning; ``fixed`` is no longer affected,
    ``last_affected`` still is.  A listed version is the same text or compares equal.

    Raises InvalidVersion where no interval or listed version decides "affected" and a comparison that could have
    is not possible.
    """
    if version in versions or any(_is_everything(interval) for interval in intervals):
        return True
    sort_key = scheme_named(scheme).sort_key
    key = sort_key(version)
    failure: InvalidVersion | None = None
    for interval in intervals:
        try:
            if _lies_in(sort_key, key, interval):
                return True
        except InvalidVersion as error:
            failure = error
    if _is_listed(sort_key, key, versions):
        return True
    if failure is not None:
        raise failure
    return False


def _is_everything(interval: Interval) -> bool:
    return interval.introduced in ("", "0") and not interval.fixed and not interval.last_affected


def _lies_in(sort_key: Callable[[str], Key], key: Key, interval: Interval) -> bool:
    if interval.introduced not in ("", "0") and key < sort_key(interval.introduced):
        return False
    if interval.fixed:
        return key < sort_key(interval.fixed)
    if interval.last_affected:
        return not sort_key(interval.last_affected) < key
    return True


def _is_listed(sort_key: Callable[[str], Key], key: Key, versions: Sequence[str]) -> bool:
    for listed in versions:
        try:
            if sort_key(listed) == key:
                return True
        except InvalidVersion:
            continue  # a malformed text is no version's equal; the same text was looked for before
    return False
