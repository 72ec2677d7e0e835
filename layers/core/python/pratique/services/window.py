"""The part of a local day in which a scan may start, as moments, whatever the clocks do on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from pratique.model.settings import Window

_SECOND = timedelta(seconds=1)


class OpenWindow(Struct, frozen=True):
    """The moments from ``opens`` up to ``closes``, exclusive, both in UTC; never opens where both are the same."""

    opens: datetime
    closes: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies inside."""
        return self.opens <= moment < self.closes


def window_of(window: Window, day: date, zone: ZoneInfo) -> OpenWindow:
    """Return when the window of a local day is open.

    It begins at the last moment at which the clock turns to its first hour, and ends at the first at which the clock
    shows its end, so that every moment inside shows an hour of the window: also where the clock skips or repeats an
    hour at either edge.  On a day that a country leaves out, it never opens.
    """
    first, last = window.hours
    opens = _moment(day, first, zone, fold=1)
    closes = _moment(day, last, zone, fold=0)
    return OpenWindow(opens, max(opens, closes))


def _moment(day: date, hour: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """Return when the clock shows an hour; of two times the one that ``fold`` names; a skipped one is when it skips."""
    wall = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), zone)
    moments = [wall.replace(fold=each).astimezone(UTC) for each in (0, 1)]
    if _shows(moments[0], zone, wall):
        return moments[fold] if _shows(moments[1], zone, wall) else moments[0]
    # https://peps.python.org/pep-0495/: in a gap, fold 1 counts by the offset after it and lies before the other.
    before, after = moments[1], moments[0]
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _shows(moment: datetime, zone: ZoneInfo, wall: datetime) -> bool:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0)
