"""Inventories of images, kept so that new advisories need no layer and no fold."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import zstandard

from pratique.errors import StoreError
from pratique.model.digest import Digest
from pratique.model.inventory import AnalyzedImage
from pratique.ports.objects import ObjectStore

SCHEMA = 1
_LARGEST = 1 << 30


class _Version(msgspec.Struct, frozen=True):
    schema: int


class _Stored(msgspec.Struct, frozen=True):
    schema: int
    analyzed: AnalyzedImage


@dataclass(frozen=True, slots=True)
class ImageInventories:
    """One object for each image, replaced by every scan of it."""

    objects: ObjectStore

    def put(self, digest: Digest, analyzed: AnalyzedImage) -> None:
        """Keep what a scan found out about the image with this manifest digest."""
        plain = msgspec.json.encode(_Stored(SCHEMA, analyzed))
        self.objects.put(_key(digest), zstandard.ZstdCompressor(level=3).compress(plain))

    def get(self, digest: Digest) -> AnalyzedImage:
        """Return what is kept; raises StoreError where nothing is, or it is damaged or of another schema."""
        body = self.objects.get(_key(digest))
        if body is None:
            raise StoreError(f"no inventory is stored for {digest}: the image must be scanned first")
        try:
            plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_LARGEST)
            schema = msgspec.json.decode(plain, type=_Version).schema
            if schema != SCHEMA:
                raise StoreError(f"an image's inventory has schema {schema}, not {SCHEMA}: the image must be scanned")
            return msgspec.json.decode(plain, type=_Stored).analyzed
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise StoreError(f"an image's inventory is damaged: {error}") from error


def _key(digest: Digest) -> str:
    return f"inventories/{digest}.json.zst"
