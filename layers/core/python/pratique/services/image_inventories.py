"""Inventories of images, kept so that new advisories need no layer and no fold."""

from __future__ import annotations

from msgspec import Struct

from pratique.errors import StoreError
from pratique.inventory.stored_json import pack, unpack
from pratique.model.digest import Digest
from pratique.model.inventory import AnalyzedImage
from pratique.ports.objects import ObjectStore
from pratique.services.put_if_changed import put_if_changed


class NotScanned(StoreError):
    """No inventory is stored for an image: no scan of it has read anything yet."""


SCHEMA = 1


class ImageInventories(Struct, frozen=True):
    """One object for each image, replaced by every scan of it."""

    objects: ObjectStore

    def put(self, digest: Digest, analyzed: AnalyzedImage) -> None:
        """Keep what a scan found out about the image with this manifest digest."""
        put_if_changed(self.objects, _key(digest), pack(analyzed, schema=SCHEMA))

    def get(self, digest: Digest) -> AnalyzedImage:
        """Return what is kept; raises NotScanned where nothing is, StoreError where it cannot be read."""
        body = self.objects.get(_key(digest))
        if body is None:
            raise NotScanned(f"no inventory is stored for {digest}: the image must be scanned first")
        return unpack(body, AnalyzedImage, schema=SCHEMA, what="an image's inventory")


def _key(digest: Digest) -> str:
    return f"inventories/{digest}.json.zst"
