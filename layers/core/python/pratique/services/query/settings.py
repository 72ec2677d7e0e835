"""The schedule and its scope."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.settings import Settings
from pratique.ports.scans import SettingsChange
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.tick import next_start


class VersionedSettings(Struct, frozen=True):
    """Settings with their version: 0 are the defaults that nobody has changed."""

    settings: Settings
    version: int


class StartTimes(Struct, frozen=True):
    """When the scans of the schedule start: the last one, and the next one if nothing is changed until then."""

    last: datetime | None
    next: datetime | None


def start_times(reading: Reading, settings: Settings) -> StartTimes:
    """Return when scans start with these settings."""
    last = reading.settings.last_start()
    return StartTimes(last, next_start(settings, last, reading.clock.now()))


def get_settings(reading: Reading) -> VersionedSettings:
    """Return the present settings."""
    return VersionedSettings(*reading.settings.get())


def put_settings(reading: Reading, settings: Settings, *, expected_version: int, by: str) -> VersionedSettings:
    """Store settings over the version that the caller has seen.

    Raises InvalidValue for an unknown time zone, and Conflict where somebody else was faster.
    """
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidValue(f"{settings.time_zone[:100]!r} is not an IANA time zone") from error
    now = reading.clock.now()
    version = reading.settings.put(settings, expected_version=expected_version, by=by, now=now)
    return VersionedSettings(settings, version)


def settings_history(reading: Reading, page: PageRequest) -> Page[SettingsChange]:
    """Return one page of the changes, newest first; versions are counted, so the total is known."""
    bound = ("settings history",)
    position = reading.cursors.open(bound, page.cursor)
    _, total = reading.settings.get()
    before = int(position) if position else 0
    rows = reading.settings.history(before=before, limit=page.limit)
    more = rows and rows[-1].version > 1
    return Page(rows, reading.cursors.seal(bound, str(rows[-1].version)) if more else None, total)
