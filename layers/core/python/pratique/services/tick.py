"""When images are scanned again: a pure rule, and the use case that acts on it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pratique.model.scope import Scope, ScopeKind
from pratique.model.settings import Settings
from pratique.ports.clock import Clock
from pratique.ports.scans import SettingsStore
from pratique.services.start_scan import StartScan

# Cycles are counted in whole local days from this Monday, so that every tick agrees on the day that is due.
_FIRST_DAY = date(2024, 1, 1)
_MINUTES_AN_HOUR = 60


def start_of_cycle(settings: Settings, now: datetime) -> datetime | None:
    """Return the latest moment at or before ``now`` at which these settings start a scan; None for ``stop``.

    The moment lies inside the window on the first local day of a cycle, at a minute chosen by a hash of
    the settings and that day, so that estates do not all start together.
    """
    days = settings.cycle.days
    if days is None:
        return None
    zone = ZoneInfo(settings.time_zone)
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today - _FIRST_DAY).days % days)
    moment = _moment(settings, day, zone)
    if moment > now:
        moment = _moment(settings, day - timedelta(days=days), zone)
    return moment


def due(settings: Settings, last_start: datetime | None, now: datetime) -> datetime | None:
    """Return the moment of the scan that is due and has not been started, or None.

    A late or missing tick finds the scan still due until the next cycle's; a doubled one finds it started.
    """
    moment = start_of_cycle(settings, now)
    if moment is None or (last_start is not None and last_start >= moment):
        return None
    return moment


def _moment(settings: Settings, day: date, zone: ZoneInfo) -> datetime:
    first, last = settings.window.hours
    seed = f"{settings.cycle}|{settings.window}|{settings.time_zone}|{day.isoformat()}"
    spread = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % ((last - first) * _MINUTES_AN_HOUR)
    hours, minutes = divmod(first * _MINUTES_AN_HOUR + spread, _MINUTES_AN_HOUR)
    return datetime.combine(day, time(hours, minutes), zone)


@dataclass(frozen=True, slots=True)
class Tick:
    """Starts the scan that is due, if one is."""

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
            return None
        record = self.start_scan(Scope(ScopeKind.ALL), trigger="schedule", at=moment, seed="schedule")
        self.settings.claim_start(moment, previous=last_start)
        return record.id
