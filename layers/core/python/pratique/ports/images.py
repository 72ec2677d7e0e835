"""Where images are read from: a registry, an OCI layout folder, an image archive."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from pratique.model.image import Image, Layer, Platform


class ByteReader(Protocol):
    """A stream of bytes that is read once, front to back."""

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, and ``b""`` at the end and only there."""
        ...


class ImageSource(Protocol):
    """One repository, folder or archive that images are read from."""

    def images(self, reference: str, platform: Platform | None = None) -> tuple[Image, ...]:
        """Resolve a tag or digest (empty: the only one, or ``latest``) to its image manifests.

        An image gives one, an index one for each platform manifest, attestation manifests left out; with
        ``platform`` only that one.  Manifest and configuration digests have been verified.  Raises
        RegistryError where nothing fits, with a message that names what there is.
        """
        ...

    def open_layer(self, layer: Layer) -> AbstractContextManager[ByteReader]:
        """Open the blob of ``layer`` as it is stored, compressed or not.

        When the reader has returned ``b""``, the size has been verified, and the digest too where the blob came
        over a network; a mismatch raises RegistryError instead of the end.  What a blob of a local file expands to
        is proved by the layer's diff ID alone, which whoever reads it checks (docs/decisions/0004).
        """
        ...
