"""The schedule and its scope."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pratique.errors import InvalidValue
from pratique.model.settings import Settings
from pratique.services.query.reading import Reading


@dataclass(frozen=True, slots=True)
class VersionedSettings:
    """Settings with their version: 0 are the defaults that nobody has changed."""

    settings: Settings
    version: int


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
