"""Malicious samples of an image as attributes of their items in the findings table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from pratique.adapters.dynamodb_items import Item, Value, pack, unpack
from pratique.model.image import ImageId
from pratique.model.sample import Level, RuleMatch
from pratique.ports.findings import FindingState, PlacedLayer, StoredFile, StoredSample

_File = tuple[str, int, str, bool, str]


class Times(Struct, frozen=True):
    """The state of a finding, and when it was first and last seen."""

    state: FindingState
    first_seen: datetime
    last_seen: datetime


def sample_values(stored: StoredSample) -> dict[str, Value]:
    """Return what an item says of a sample beside its key, state and times."""
    files: list[_File] = [
        (file.path, file.layer.index, file.layer.diff_id, file.removed, file.allowed_by) for file in stored.files
    ]
    return {
        "name": stored.name,
        "level": stored.level.value,
        "size": stored.size,
        "purl": stored.purl,
        "body": pack((stored.rules, files)),
    }


def sample_from(
    item: Item, image: ImageId, sha256: str, places: Mapping[int, PlacedLayer], times: Times
) -> StoredSample:
    """Read a sample from its item; ``places`` are the image's layers by index."""
    rules, files = unpack(item["body"], tuple[tuple[RuleMatch, ...], list[_File]])
    size = item["size"]
    return StoredSample(
        image=image,
        sha256=sha256,
        name=str(item["name"]),
        level=Level(str(item["level"])),
        size=size if isinstance(size, int) else 0,
        rules=rules,
        files=tuple(
            StoredFile(path, places.get(index, PlacedLayer(diff_id, index, "")), removed, allowed_by)
            for path, index, diff_id, removed, allowed_by in files
        ),
        state=times.state,
        first_seen=times.first_seen,
        last_seen=times.last_seen,
        purl=str(item["purl"]),
    )
