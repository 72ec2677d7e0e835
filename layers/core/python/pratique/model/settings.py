"""How often and in which part of the day images are scanned again, and which images."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


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


class Registry(Struct, frozen=True):
    """One registry beside this account's own: how images of an instance ID are reached.

    ``instance`` is the name that it was added under, or ``<account>.<region>`` of another ECR registry.  Of ``url``
    and ``role`` one is given: the base address of a registry-v2, or the ARN of the role that may pull from an ECR.
    ``credentials`` and ``webhook_secret`` are ARNs of secrets: what it is asked with (JSON with ``username`` and
    ``password``; empty: anonymously), and what its webhook must send; ``repositories`` is what is looked through for
    images that were never announced, where the registry lists no repositories of its own.
    """

    instance: str
    url: str = ""
    role: str = ""
    credentials: str = ""
    webhook_secret: str = ""
    repositories: tuple[str, ...] = ()


class Settings(Struct, frozen=True):
    """The schedule, and which images are scanned.

    ``time_zone`` is an IANA name.  Globs are shell patterns, of repository names and of tags; ``instances`` empty
    means all that are known, ``platforms`` (``linux/amd64``) empty means all.  Of a repository's tagged images only the
    ``newest_tags`` last pushed are scanned (0: all), and only those pushed at most ``age_days`` days ago (0: all).
    ``daily_budget`` is in US dollars; once that much is spent in a day (UTC), only pushes are scanned (None: no limit).
    """

    cycle: Cycle = Cycle.ONE_WEEK
    window: Window = Window.NIGHT
    time_zone: str = "UTC"
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()
    include_tags: tuple[str, ...] = ("*",)
    exclude_tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    newest_tags: int = 0
    age_days: int = 0
    daily_budget: float | None = None
    registries: tuple[Registry, ...] = ()

    def registry(self, instance: str) -> Registry | None:
        """Return how a registry beside this account's own is reached, or None."""
        return next((registry for registry in self.registries if registry.instance == instance), None)
