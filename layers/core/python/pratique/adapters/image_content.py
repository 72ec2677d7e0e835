"""What registries, layout folders and archives share: resolving a reference to images, and opening their layers."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager

from pratique.adapters.image_manifest import (
    CONFIG_LIMIT,
    Descriptor,
    ImageManifest,
    StoredManifest,
    parse_image,
    parse_manifest,
    why_unreadable,
)
from pratique.adapters.verified_reader import read_verified
from pratique.errors import RegistryError
from pratique.model.digest import Digest
from pratique.model.image import Image, Layer, Platform
from pratique.ports.images import ByteReader

_DEEPEST_INDEX = 3


class ImageContent(ABC):
    """Manifests and blobs by digest, and the ImageSource that follows from them."""

    @abstractmethod
    def describe(self, reference: str) -> str:
        """Return what a person would write to name this image; never with credentials in it."""

    @abstractmethod
    def top(self, reference: str) -> StoredManifest:
        """Return the manifest or index that a tag or digest names (empty: the only one, or ``latest``).

        Its digest has been verified where the reference or the source names one.  Raises RegistryError naming
        what there is where there is no such image.
        """

    @abstractmethod
    def manifest(self, descriptor: Descriptor) -> StoredManifest:
        """Return a manifest that an index lists, its size and digest verified."""

    @abstractmethod
    def open_blob(self, digest: Digest, size: int) -> AbstractContextManager[ByteReader]:
        """Open a blob; size and digest have been verified when the reader returns ``b""``."""

    def images(self, reference: str, platform: Platform | None = None) -> tuple[Image, ...]:
        """Resolve ``reference`` as `pratique.ports.images.ImageSource` says."""
        name = self.describe(reference)
        seen: list[str] = []
        found: dict[Digest, Image] = {}
        for digest, manifest in self._manifests(self.top(reference), platform, seen, _DEEPEST_INDEX):
            if digest in found:
                continue
            image = parse_image(name, digest, manifest, self.config(manifest.config))
            seen.append(str(image.platform))
            if platform is None:
                found[digest] = image
            elif _fits(image.platform, platform):
                return (image,)
        if found:
            return tuple(found.values())
        there = ", ".join(dict.fromkeys(seen)) or "no image at all"
        raise RegistryError(f"there is no image for {platform or 'any platform'}; there is {there}", image=name)

    def open_layer(self, layer: Layer) -> AbstractContextManager[ByteReader]:
        """Open a layer's blob; raises RegistryError for foreign layers and for those that are no tar."""
        why = why_unreadable(layer.media_type)
        if why is not None:
            raise RegistryError(f"the layer cannot be read: {why}", layer=layer.digest)
        return self.open_content(layer)

    def open_content(self, layer: Layer) -> AbstractContextManager[ByteReader]:
        """Open a readable layer's blob.

        Whoever reads it proves what it expands to by its diff ID, so a source that is a file of this machine
        may leave the blob's own digest unchecked (docs/decisions/0004).
        """
        return self.open_blob(layer.digest, layer.size)

    def config(self, descriptor: Descriptor) -> bytes:
        """Return an image configuration, verified; raises RegistryError where it is over the limit."""
        with self.open_blob(descriptor.digest, min(descriptor.size, CONFIG_LIMIT + 1)) as reader:
            return read_verified(reader, digest=descriptor.digest, size=descriptor.size, limit=CONFIG_LIMIT)

    def holds(self, descriptor: Descriptor) -> bool:  # noqa: ARG002 - a registry holds what it lists
        """Whether a manifest that an index lists is here; archives often keep one platform's of many."""
        return True

    def _manifests(
        self, stored: StoredManifest, wanted: Platform | None, seen: list[str], deepest: int
    ) -> Iterator[tuple[Digest, ImageManifest]]:
        """Every image manifest under ``stored`` that may fit; the platforms of those passed over go to ``seen``."""
        parsed = parse_manifest(stored)
        if isinstance(parsed, ImageManifest):
            yield stored.digest, parsed
            return
        if not deepest:
            raise RegistryError(f"indexes are nested over {_DEEPEST_INDEX} deep", image=stored.digest)
        for item in parsed.manifests:
            said = item.platform.known() if item.platform and item.platform.os else None
            if item.is_attestation() or not self.holds(item):
                continue
            if wanted is not None and said is not None and not _fits(said, wanted):
                seen.append(str(said))
                continue
            yield from self._manifests(self.manifest(item), wanted, seen, deepest - 1)


def checked_manifest(body: bytes, descriptor: Descriptor) -> StoredManifest:
    """Return ``body`` as the manifest that ``descriptor`` promises; raises RegistryError where it is another."""
    found = f"sha256:{hashlib.sha256(body).hexdigest()}"
    if found != descriptor.digest or len(body) != descriptor.size:
        raise RegistryError(
            f"the manifest has {len(body)} bytes and the digest {found}, not {descriptor.size} bytes",
            image=descriptor.digest,
        )
    return StoredManifest(body, descriptor.digest, descriptor.media_type)


def _fits(platform: Platform, wanted: Platform) -> bool:
    if (platform.os, platform.architecture) != (wanted.os, wanted.architecture):
        return False
    # The one variant of arm64 that there is goes unnamed as often as not.
    plain = {"", "v8"} if wanted.architecture == "arm64" else {""}
    return wanted.variant in plain or platform.variant == wanted.variant
