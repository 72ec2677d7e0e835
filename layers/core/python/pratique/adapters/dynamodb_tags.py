"""Tags in DynamoDB: on each image's ``META``, and an entry in each repository's partition for who has a tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pratique.adapters.dynamodb_finding_items import META, meta_from, moment_text, partition
from pratique.adapters.dynamodb_items import Expression, Key
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Update
from pratique.errors import StoreError
from pratique.model.image import ImageId

_TRIES = 5
_SHOWN = Expression("attribute_exists(#PK) AND attribute_not_exists(#retired)")


class DynamoTags:
    """`TagStore` on the findings table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep tags in ``table``."""
        self._table = table

    def move(self, image: ImageId, tag: str, at: datetime) -> bool:
        """Write the repository's entry unless a later one stands there, then take the tag from the image before."""
        key = _entry(image, tag)
        before = self._table.get(key)
        change = Expression("SET #image = :image, #at = :at", {"image": str(image), "at": moment_text(at)})
        older = Expression("attribute_not_exists(#at) OR #at <= :at", {"at": moment_text(at)})
        try:
            self._table.write(Update(key, change, older))
        except ConditionFailed:
            return False
        if before and before["image"] != str(image):
            self._take(ImageId.parse(str(before["image"])), tag)
        return True

    def remove(self, image: ImageId, tag: str) -> None:
        """Take the tag from the image; the entry stays and tells when it was given."""
        self._take(image, tag)

    def set(self, tags: Mapping[ImageId, Sequence[str]]) -> int:
        """Compare with each ``META`` and write those that differ."""
        items = self._table.get_many((partition(image), META) for image in tags)
        changed = 0
        for image, wanted in tags.items():
            item = items.get((partition(image), META))
            if item is None or set(meta_from(item).tags) == set(wanted):
                continue
            try:
                self._table.write(Update((partition(image), META), _tags(wanted), _SHOWN))
            except ConditionFailed:
                continue
            changed += 1
        return changed

    def _take(self, image: ImageId, tag: str) -> None:
        for _ in range(_TRIES):
            item = self._table.get((partition(image), META))
            tags = meta_from(item).tags if item else ()
            if item is None or tag not in tags:
                return
            rest = tuple(other for other in tags if other != tag)
            same = Expression(f"{_SHOWN.text} AND #tags = :before", {"before": tags})
            change = Expression("SET #tags = :tags", {"tags": rest})
            try:
                self._table.write(Update((partition(image), META), change, same))
            except ConditionFailed:
                continue
            return
        raise StoreError("an image's tags kept changing", image=str(image), retryable=True)


def _entry(image: ImageId, tag: str) -> Key:
    return f"TAGS#{image.instance}/{image.repository}", tag


def _tags(tags: Sequence[str]) -> Expression:
    return Expression("SET #tags = :tags", {"tags": tuple(tags)})
