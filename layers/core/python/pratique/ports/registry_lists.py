"""What a registry holds: how images are found that were never announced, and how those that left are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from pratique.model.digest import Digest


class Listed(Struct, frozen=True):
    """One image manifest of a repository; ``pushed`` is None where the registry does not tell.

    The images of an index have the index's tags beside their own.  The index itself, attestations, signatures, charts
    and whatever else is no image are left out.
    """

    digest: Digest
    tags: tuple[str, ...]
    pushed: datetime | None


class RegistryLists(Protocol):
    """Lists of the registries that this deployment may read."""

    def repositories(self, instance: str) -> Iterator[str]:
        """Yield the repositories of an instance; raises RegistryError where it does not list them."""
        ...

    def images(self, instance: str, repository: str) -> tuple[Listed, ...]:
        """Return the images of a repository; none where there is no such repository.  Raises RegistryError."""
        ...
