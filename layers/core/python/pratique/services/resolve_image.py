"""A reference becomes image manifests, kept so that later steps and rematches need no registry."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from pratique.errors import StoreError
from pratique.model.digest import Digest
from pratique.model.image import Image
from pratique.ports.image_catalog import ImageSources
from pratique.ports.objects import ObjectStore
from pratique.ports.scans import SettingsStore
from pratique.services.put_if_changed import put_if_changed
from pratique.services.selection import chooses_platform


def _key(digest: Digest) -> str:
    return f"images/{digest}.json"


def load_image(objects: ObjectStore, digest: Digest) -> Image:
    """Return the resolved image that was kept for a manifest digest; raises StoreError where there is none."""
    body = objects.get(_key(digest))
    if body is None:
        raise StoreError(f"no resolved image is stored for {digest}")
    return msgspec.json.decode(body, type=Image)


class ResolveImage(Struct, frozen=True):
    """Asks the registry, and keeps the answer: an image manifest never changes under its digest."""

    sources: ImageSources
    objects: ObjectStore
    settings: SettingsStore

    def __call__(self, instance: str, repository: str, reference: str) -> tuple[Image, ...]:
        """Return one image, or one per platform of an index, of the platforms that the settings choose; each is stored.

        Raises RegistryError, NotAnImage where the reference is an artifact of another kind.
        """
        settings = self.settings.get()[0]
        found = self.sources.open(instance, repository).images(reference)
        images = tuple(image for image in found if chooses_platform(settings, image.platform))
        for image in images:
            put_if_changed(self.objects, _key(image.digest), msgspec.json.encode(image))
        return images
