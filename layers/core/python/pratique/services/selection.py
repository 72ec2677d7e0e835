"""Which images the settings choose: a pure rule over what a registry says of a repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from pratique.model.image import Platform
from pratique.model.settings import Settings
from pratique.ports.registry_lists import Listed


def chooses_repository(settings: Settings, instance: str, repository: str) -> bool:
    """Whether images of this repository are scanned at all."""
    if settings.instances and instance not in settings.instances:
        return False
    return _matches(repository, settings.include) and not _matches(repository, settings.exclude)


def chooses_tags(settings: Settings, tags: Sequence[str]) -> bool:
    """Whether an image with these tags is scanned; one of them is enough.

    An image without tags is scanned unless only certain tags are included: nobody says what it is.
    """
    if not tags:
        return "*" in settings.include_tags
    return any(_matches(tag, settings.include_tags) and not _matches(tag, settings.exclude_tags) for tag in tags)


def chooses_platform(settings: Settings, platform: Platform) -> bool:
    """Whether images of this platform are scanned; ``linux/arm64`` also chooses its variants."""
    name = str(platform)
    return not settings.platforms or any(name == one or name.startswith(f"{one}/") for one in settings.platforms)


def chosen(settings: Settings, instance: str, repository: str, listed: Iterable[Listed], now: datetime) -> list[Listed]:
    """Return those of a repository's manifests that are scanned, the newest first.

    The age limit and the number of tags count by when a manifest was pushed; where the registry does not say, it is
    taken for new, for what is not known must not go unscanned.
    """
    if not chooses_repository(settings, instance, repository):
        return []
    fitting = [item for item in listed if chooses_tags(settings, item.tags) and _is_young(settings, item, now)]
    fitting.sort(key=lambda item: (item.pushed or now, item.digest), reverse=True)
    if not settings.newest_tags:
        return fitting
    kept: list[Listed] = []
    room = settings.newest_tags
    for item in fitting:
        if item.tags and room <= 0:
            continue
        kept.append(item)
        room -= len(item.tags)
    return kept


def _is_young(settings: Settings, item: Listed, now: datetime) -> bool:
    return not settings.age_days or item.pushed is None or item.pushed >= now - timedelta(days=settings.age_days)


def _matches(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
