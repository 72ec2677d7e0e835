"""Compare what is known with what the registries hold: push events are best effort, and deletions too."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from msgspec import Struct, field

from pratique.errors import RegistryError
from pratique.model.image import ImageId
from pratique.model.scope import Scope, ScopeKind
from pratique.model.settings import Settings
from pratique.ports.clock import Clock
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.queries import FindingReader
from pratique.ports.registry_lists import Listed, RegistryLists
from pratique.ports.tags import TagStore
from pratique.services.retire_image import RetireImage
from pratique.services.selection import chooses_repository, chosen

_log = logging.getLogger(__name__)


class Reconciled(Struct, frozen=True):
    """What a comparison found.

    ``missing`` are images that the settings choose and nobody scanned, the newest first; ``left`` are known ones that
    the settings do not choose any more; ``retired`` is the number of those that their registry lacks, and ``problems``
    says what could not be listed: nothing is retired there.
    """

    missing: tuple[tuple[ImageId, tuple[str, ...]], ...]
    left: frozenset[ImageId]
    retired: int
    problems: tuple[str, ...]


class _Found(Struct):
    missing: list[tuple[ImageId, Listed]] = field(default_factory=list)
    left: set[ImageId] = field(default_factory=set)
    retired: int = 0
    problems: list[str] = field(default_factory=list)


class Reconcile(Struct, frozen=True):
    """Reads lists, retires what is gone, keeps tags as the registry has them; starts nothing itself.

    ``own`` is the instance ID of this account's registry in this region.
    """

    lists: RegistryLists
    catalog: ImageCatalog
    reader: FindingReader
    tags: TagStore
    retire: RetireImage
    clock: Clock
    own: str

    def __call__(self, scope: Scope, settings: Settings) -> Reconciled:
        """Compare every repository in ``scope`` that the settings choose or that images are known of."""
        found = _Found()
        for instance in self._instances(scope, settings):
            known = self._known(scope, instance)
            for repository in self._repositories(scope, instance, settings, known, found):
                self._repository(instance, repository, settings, known.get(repository, set()), found)
        newest = sorted(found.missing, key=lambda item: item[1].pushed or self.clock.now(), reverse=True)
        missing = tuple((image, listed.tags) for image, listed in newest if scope.holds(image))
        return Reconciled(missing, frozenset(found.left), found.retired, tuple(found.problems))

    def _instances(self, scope: Scope, settings: Settings) -> list[str]:
        if scope.kind is not ScopeKind.ALL:
            return [scope.value.partition("/")[0]]
        others = (registry.instance for registry in settings.registries)
        return sorted({self.own, *others, *self.reader.instances()})

    def _known(self, scope: Scope, instance: str) -> dict[str, set[ImageId]]:
        known: dict[str, set[ImageId]] = {}
        wanted = str(scope) if scope.kind is not ScopeKind.ALL else f"I#{instance}"
        for image in self.catalog.images(wanted):
            known.setdefault(image.repository, set()).add(image)
        return known

    def _repositories(
        self, scope: Scope, instance: str, settings: Settings, known: dict[str, set[ImageId]], found: _Found
    ) -> Iterator[str]:
        if scope.kind in {ScopeKind.REPOSITORY, ScopeKind.IMAGE}:
            yield scope.value.partition("/")[2].partition("@")[0]
            return
        try:
            listed = set(self.lists.repositories(instance))
        except RegistryError as error:
            found.problems.append(str(error))
            listed = set()
        for repository in sorted(listed | known.keys()):
            inside = scope.kind is not ScopeKind.NAMESPACE or _in_namespace(scope, instance, repository)
            if inside and (repository in known or chooses_repository(settings, instance, repository)):
                yield repository

    def _repository(
        self, instance: str, repository: str, settings: Settings, known: set[ImageId], found: _Found
    ) -> None:
        try:
            listed = self.lists.images(instance, repository)
        except RegistryError as error:
            _log.warning("repository not listed", extra={"repository": repository, "reason": str(error)})
            found.problems.append(str(error))
            return
        there = {ImageId(instance, repository, item.digest): item for item in listed}
        now = self.clock.now()
        wanted = {
            ImageId(instance, repository, item.digest) for item in chosen(settings, instance, repository, listed, now)
        }
        found.missing.extend((image, there[image]) for image in sorted(wanted - known, key=str))
        found.left |= (known & there.keys()) - wanted
        self._retire(known - there.keys(), found)
        self.tags.set({image: there[image].tags for image in known & there.keys()})

    def _retire(self, gone: set[ImageId], found: _Found) -> None:
        """Ask for each: a registry may list tagged images only."""
        for image in sorted(gone, key=str):
            try:
                found.retired += self.retire(image)
            except RegistryError as error:
                found.problems.append(str(error))


def _in_namespace(scope: Scope, instance: str, repository: str) -> bool:
    return f"{instance}/{repository.rpartition('/')[0]}" == scope.value
