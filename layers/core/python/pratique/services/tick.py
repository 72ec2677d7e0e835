"""When images are scanned again: a pure rule, and the use case that acts on it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from pratique.model.scope import Scope, ScopeKind
from pratique.model.settings import Settings
from pratique.ports.clock import Clock
from pratique.ports.scans import SettingsStore
from pratique.services.start_scan import RECONCILIATION, StartScan
from pratique.services.window import OpenWindow, window_of

# Cycles are counted in whole local days from this Monday, so that every tick agrees on the day that is due.
_FIRST_DAY = date(2024, 1, 1)
# Ticks come every quarter of an hour: the last one in a window must still find the scan due when some were missing.
_SPARE = timedelta(hours=1)


def start_of_cycle(settings: Settings, now: datetime) -> datetime | None:
    """Return the latest moment at or before ``now`` at which these settings plan a scan; None for ``stop``.

    The moment lies inside the window on the first local day of a cycle, an hour or more before its end.  A hash of
    the settings and that day spreads it, so that estates do not all start together.
    """
    days = settings.cycle.days
    if days is None:
        return None
    day = _cycle_day(now.astimezone(ZoneInfo(settings.time_zone)).date(), days)
    moment = _moment(settings, day)
    return moment if moment <= now else _moment(settings, day - timedelta(days=days))


def due(settings: Settings, last_start: datetime | None, now: datetime) -> datetime | None:
    """Return the moment of the scan that is due and has not been started, or None.

    ``last_start`` is the moment that the last start was for.  A scan starts inside its window and nowhere else: a
    late tick finds it due until the window closes, a doubled one finds it started.  A window in which nothing
    ticked is made up for in that of the next day, as is the one before the system was deployed.
    """
    days = settings.cycle.days
    if days is None:
        return None
    zone = ZoneInfo(settings.time_zone)
    today = now.astimezone(zone).date()
    moment = _moment(settings, today)
    if not (moment <= now and window_of(settings.window, today, zone).holds(now)):
        return None
    if last_start is not None and last_start.astimezone(zone).date() >= _cycle_day(today, days):
        return None
    return moment


def next_start(settings: Settings, last_start: datetime | None, now: datetime) -> datetime | None:
    """Return the first moment from ``now`` on at which a scan is due, None for ``stop``; ``last_start`` as in `due`."""
    days = settings.cycle.days
    if days is None:
        return None
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    for ahead in range(days + 2):
        moment = max(_moment(settings, today + timedelta(days=ahead)), now)
        if due(settings, last_start, moment):
            return moment
    return None


def _cycle_day(day: date, days: int) -> date:
    return day - timedelta(days=(day - _FIRST_DAY).days % days)


def _moment(settings: Settings, day: date) -> datetime:
    """Return the planned moment of a day; where the country leaves the day out, that of the next one."""
    zone = ZoneInfo(settings.time_zone)
    window: OpenWindow = window_of(settings.window, day, zone)
    if window.opens == window.closes:
        day += timedelta(days=1)
        window = window_of(settings.window, day, zone)
    seed = f"{settings.cycle}|{settings.window}|{settings.time_zone}|{day.isoformat()}"
    room = int((window.closes - window.opens - _SPARE).total_seconds())
    spread = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % room
    return window.opens + timedelta(seconds=spread)


class Tick(Struct, frozen=True):
    """Starts the scan that is due, if one is, and once a day (UTC) looks for images that were never announced."""

    settings: SettingsStore
    start_scan: StartScan
    clock: Clock

    def __call__(self) -> str | None:
        """Return the id of the scan that this tick started, or None.

        The scan is started before its moment is recorded: a tick that dies in between is followed by one that
        starts the same scan, which starts nothing twice.
        """
        settings, _ = self.settings.get()
        last_start = self.settings.last_start()
        moment = due(settings, last_start, self.clock.now())
        if moment is None:
            self._reconcile()
            return None
        record = self.start_scan(Scope(ScopeKind.ALL), trigger="schedule", at=moment, seed="schedule")
        self.settings.claim_start(moment, previous=last_start)
        return record.id

    def _reconcile(self) -> None:
        """Start the day's reconciliation: its id is made of the day, so every later tick finds it started."""
        day = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.start_scan(Scope(ScopeKind.ALL), trigger=RECONCILIATION, at=day, seed=RECONCILIATION)
