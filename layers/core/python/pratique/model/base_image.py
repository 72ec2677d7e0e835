"""The image that an image is built on: which of its layers are that one's, and how this is known."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class LayerOrigin(StrEnum):
    """Whose a layer is: the base image's, or the application's that was built on it."""

    BASE = "base"
    APPLICATION = "application"


class BaseFoundBy(StrEnum):
    """How a base image was recognised.  The words are part of the API."""

    ANNOTATION = "annotation"
    KNOWN_IMAGE = "known_image"
    HISTORY = "history"
    NOTHING = "nothing"


class BaseImage(Struct, frozen=True):
    """The base of one image: its lowest ``layers`` layers; 0 where none is recognised.

    ``name`` is a reference such as ``docker.io/library/debian:12`` and ``digest`` a manifest's, both empty where they
    are not known.  ``known_as`` is the ID of the image where the system has scanned it, else empty.
    ``because`` says in a sentence how it was recognised, or why it was not.
    """

    layers: int = 0
    found_by: BaseFoundBy = BaseFoundBy.NOTHING
    name: str = ""
    digest: str = ""
    known_as: str = ""
    because: str = "no annotation, no known image and no step of its history tells of a base image"

    def origin(self, index: int) -> LayerOrigin:
        """Return whose the layer at this place (from 0) is; a layer that is not of the image is the application's."""
        return LayerOrigin.BASE if 0 <= index < self.layers else LayerOrigin.APPLICATION


NO_BASE = BaseImage()
"""No base image is recognised."""


class KnownImage(Struct, frozen=True):
    """An image that the system has seen: how people name it, its manifest digest, and its ID if it has one."""

    name: str
    digest: str
    known_as: str = ""
