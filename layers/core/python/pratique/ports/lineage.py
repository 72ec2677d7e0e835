"""Which images are built on which: an image whose layers are the lowest ones of another is its base image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from pratique.model.image import ImageId


class KnownBase(Struct, frozen=True):
    """A known image that another is built on; ``layers`` is how many of the other's lowest layers are its own."""

    image: ImageId
    layers: int


class Lineage(Protocol):
    """What is known of images' layers, by their diff IDs, lowest first."""

    def base(self, layers: Sequence[str]) -> KnownBase | None:
        """Return the known image with the most layers that an image with ``layers`` is built on, or None."""
        ...

    def inheriting(self, layers: Sequence[str]) -> int:
        """Return how many known images are built on an image with ``layers``."""
        ...
