"""What JSON documents share: the image that they are about, and how they are written."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from pratique.model.base_image import BaseImage


class ImageEntry(Struct, frozen=True):
    """Which image a document is about; ``distribution`` is ``debian 12`` and the like, empty where it is not known."""

    reference: str
    digest: str
    platform: str
    distribution: str
    base: BaseImage


def to_json(document: object) -> bytes:
    """Return a document of core values as indented UTF-8 JSON with a line end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
