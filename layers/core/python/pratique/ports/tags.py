"""Which tags images have.  A tag moves: of two images that were given it, the one that was given it last has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pratique.model.image import ImageId


class TagStore(Protocol):
    """Tags of known images, and which image of a repository has a tag."""

    def move(self, image: ImageId, tag: str, at: datetime) -> bool:
        """Say that ``image`` was given a tag at a moment, and take the tag from the image that had it before.

        Events come in any order: return False where another image was given the tag later, and change nothing then.
        """
        ...

    def remove(self, image: ImageId, tag: str) -> None:
        """Take a tag from an image, where it has it."""
        ...

    def set(self, tags: Mapping[ImageId, Sequence[str]]) -> int:
        """Make these the tags of known images, writing only what differs; return the number of images that did."""
        ...
