"""The entries that tell which image has certain layers: how the base of another image is recognised."""

from __future__ import annotations

from collections.abc import Sequence

from pratique.adapters.dynamodb_items import Item, Key
from pratique.model.image import ImageId


def chain_key(chain: str) -> Key:
    """Return the key of the entry that tells which image has these layers, all of them."""
    return f"CHAIN#{chain}", "IMAGE"


def chain_item(image: ImageId, chain: str, tags: Sequence[str]) -> Item:
    """Return the entry that tells of an image by its layers; its name is the one that people know it by."""
    tag = next(iter(tags), "")
    name = f"{image.instance}/{image.repository}" + (f":{tag}" if tag else "")
    partition_key, sort = chain_key(chain)
    return {"PK": partition_key, "SK": sort, "image": str(image), "name": name}
