"""Reads the ranges of an OSV record into intervals of versions.

https://ossf.github.io/osv-schema/#affectedrangesevents-fields
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pratique.errors import InvalidVersion
from pratique.model.advisory import Interval
from pratique.versions import is_affected, scheme_of, sort_key


class Event(msgspec.Struct):
    """One point of a range; exactly one of the fields is set."""

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""
    limit: str = ""

    @property
    def version(self) -> str:
        """The version of the point."""
        return self.introduced or self.fixed or self.last_affected or self.limit


class Range(msgspec.Struct):
    """One range: ``type`` is ``SEMVER``, ``ECOSYSTEM`` or ``GIT``."""

    type: str
    events: list[Event]


def intervals_of(ranges: Iterable[Range], ecosystem: str, *, custom: object = None) -> tuple[Interval, ...]:
    """Return the affected intervals of all ranges but those of Git commits.

    ``custom`` are the ranges that Go's database has for tags that are no versions of the module, such as a server's
    releases (https://go.dev/doc/security/vuln/database#schema); beside them, "every version" in ``ranges`` only says
    that the module index knows none of the tags.  They are left out where any of them cannot be placed.
    """
    found = [interval for span in ranges if span.type != "GIT" for interval in _intervals(span.events, ecosystem)]
    own = _custom_intervals(custom, ecosystem) if custom else ()
    if own:
        found = [interval for interval in found if interval != Interval()]
    return (*found, *own)


def versions_beyond(intervals: tuple[Interval, ...], versions: Sequence[str], ecosystem: str) -> tuple[str, ...]:
    """Return the listed versions that no interval covers; the others say nothing more, and there are very many."""
    scheme = scheme_of(ecosystem)
    if scheme is None or not intervals:
        return tuple(versions)
    return tuple(version for version in versions if not _is_covered(scheme, version, intervals))


def _is_covered(scheme: str, version: str, intervals: tuple[Interval, ...]) -> bool:
    try:
        return is_affected(scheme, version, intervals, ())
    except InvalidVersion:
        return False  # it can be compared as a text only


def _custom_intervals(custom: object, ecosystem: str) -> tuple[Interval, ...]:
    scheme = scheme_of(ecosystem)
    if scheme is None:
        return ()
    try:
        ranges = msgspec.convert(custom, list[Range])
        for event in (event for span in ranges for event in span.events if event.introduced != "0"):
            sort_key(scheme, event.version)
    except (msgspec.ValidationError, InvalidVersion):
        return ()
    return tuple(interval for span in ranges for interval in _intervals(span.events, ecosystem))


def _intervals(events: list[Event], ecosystem: str) -> Iterator[Interval]:
    """Yield the affected intervals of one range: from each ``introduced`` to the next end, in version order."""
    start: str | None = None
    for event in _in_order(events, ecosystem):
        if event.introduced:
            if start is None:
                start = "" if event.introduced == "0" else event.introduced
        elif start is not None and (event.fixed or event.last_affected):
            yield Interval(start, event.fixed, event.last_affected)
            start = None
    if start is not None:
        yield Interval(start)


def _in_order(events: list[Event], ecosystem: str) -> list[Event]:
    if len(events) <= 2:  # noqa: PLR2004 - a start and an end, whichever is written first
        return sorted(events, key=lambda event: not event.introduced)
    scheme = scheme_of(ecosystem)
    if scheme is None:
        return events
    try:
        starts = [event for event in events if event.introduced == "0"]
        others = [event for event in events if event.introduced != "0"]
        placed = sorted(
            others,
            key=lambda event: sort_key(scheme, event.version),
        )
    except InvalidVersion:
        return events
    return starts + placed
