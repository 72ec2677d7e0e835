"""How often and in which part of the day images are scanned again, and which images."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cycle(StrEnum):
    """How often images are scanned again."""

    THREE_DAYS = "3d"
    ONE_WEEK = "1w"
    TWO_WEEKS = "2w"
    STOP = "stop"

    @property
    def days(self) -> int | None:
        """Whole days between two scans, None for ``stop``."""
        return {"3d": 3, "1w": 7, "2w": 14}.get(self.value)


class Window(StrEnum):
    """The part of the day, in hours of the settings' time zone, that a scan may start in."""

    WHOLE_DAY = "00-24"
    NIGHT = "00-06"
    MORNING = "06-12"
    AFTERNOON = "12-18"
    EVENING = "18-24"

    @property
    def hours(self) -> tuple[int, int]:
        """First hour and the hour after the last."""
        first, last = self.value.split("-")
        return int(first), int(last)


@dataclass(frozen=True, slots=True)
class Settings:
    """The schedule and its scope; ``time_zone`` is an IANA name, globs are shell patterns on repository names."""

    cycle: Cycle = Cycle.ONE_WEEK
    window: Window = Window.NIGHT
    time_zone: str = "UTC"
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
