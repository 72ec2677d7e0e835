"""Finding the source of an image from its instance ID, and the images that the system knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pratique.model.image import ImageId
from pratique.ports.images import ImageSource


class ImageSources(Protocol):
    """Opens repositories of the registries that this deployment may read."""

    def open(self, instance: str, repository: str) -> ImageSource:
        """Return the source of one repository; raises RegistryError for an instance that is not known."""
        ...


class ImageCatalog(Protocol):
    """The images that the system knows."""

    def images(self, scope: str, *, after: str = "") -> Iterator[ImageId]:
        """Yield every image in ``scope`` that has not been retired, in the order of their IDs as text.

        With ``after``, an image ID, only those behind it, found without reading the ones before.

        ``scope`` is ``ALL``, ``I#<instance>``, ``N#<instance>/<namespace>``, ``R#<instance>/<repository>``
        or ``IMG#<image ID>``; anything else raises InvalidValue.
        """
        ...
