"""Where in an image a layer lies: what every report says beside a path."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from pratique.model.base_image import LayerOrigin
from pratique.model.image import Image, Layer

UNKNOWN_INDEX = -1


class LayerPlace(Struct, frozen=True):
    """A layer's diff ID, its place in the image from 0 (-1: not of this image), its instruction and whose it is."""

    diff_id: str
    index: int
    created_by: str
    origin: LayerOrigin


def layer_places(image: Image) -> Mapping[str, LayerPlace]:
    """Return the image's layers by diff ID; of a layer that stands there twice, the lower place."""
    places: dict[str, LayerPlace] = {}
    for layer in image.layers:
        places.setdefault(layer.diff_id, _place(image, layer))
    return places


def place_of(places: Mapping[str, LayerPlace], diff_id: str) -> LayerPlace:
    """Return a layer's place in the image."""
    return places.get(diff_id) or LayerPlace(diff_id, UNKNOWN_INDEX, "", LayerOrigin.APPLICATION)


def _place(image: Image, layer: Layer) -> LayerPlace:
    return LayerPlace(layer.diff_id, layer.index, layer.created_by, image.base.origin(layer.index))
