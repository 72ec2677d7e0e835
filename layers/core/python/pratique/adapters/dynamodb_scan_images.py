"""The images of a scan in DynamoDB, each beside its scan's record, which keeps the sums.

An image's item takes in what is said about it once: a layer is an attribute of its own, and only the first end of an
image is added to the sums, in one transaction.  A retry therefore adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from pratique.adapters.dynamodb_finding_items import META
from pratique.adapters.dynamodb_items import Expression, Item, Key, Value
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Update
from pratique.errors import StoreError
from pratique.ports.scans import ScannedImage, ScanState

_LAYER = re.compile(r"layer_\d+")
_SUMS = ("bytes_done", "added", "fixed", "samples_added", "layers_done", "cost")
_MOST_DETAIL = 1000
KEPT_DAYS = 90
"""Days that scans and their images are kept."""
_THERE = Expression("attribute_exists(#PK)")


class DynamoScanImages:
    """The part of `ScanStore` that is about images."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep records in ``table``."""
        self._table = table

    def begin_image(self, scan_id: str, image: str, *, layers: int, size: int, now: datetime) -> None:
        """Make the image's item and add to the sums, or find it made."""
        item: Item = {"PK": f"SCAN#{scan_id}", "SK": f"I#{image}", "state": ScanState.RUNNING.value}
        item |= {"layers": layers, "bytes": size, "expires": _expires(now)}
        more = Expression("ADD #layers :layers, #bytes :bytes", {"layers": layers, "bytes": size})
        self._once(scan_id, Put(item, Expression("attribute_not_exists(#PK)")), more)

    def layers_done(self, scan_id: str, image: str, sizes: Mapping[int, int]) -> None:
        """Write each layer's own attribute, one for each place in the image."""
        values: dict[str, Value] = {f"layer_{index}": size for index, size in sizes.items()}
        change = Expression("SET " + ", ".join(f"#{name} = :{name}" for name in values), values)
        self._table.write(Update(_key(scan_id, image), change))

    def end_image(self, scan_id: str, ended: ScannedImage, *, now: datetime) -> bool:
        """Write how the image ended and add to the sums, or find it ended."""
        numbers = {name: getattr(ended, name) for name in _SUMS}
        values: dict[str, Value] = {
            **numbers,
            "state": ended.state.value,
            "detail": ended.detail[:_MOST_DETAIL],
            "expires": _expires(now),
        }
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        first = Expression("attribute_not_exists(#state) OR #state = :running", {"running": ScanState.RUNNING.value})
        # Expressions share one list of values, so both may not use a name for different ones.
        adds = ", ".join(f"#{name} :{name}" for name in numbers)
        sums = Expression(f"ADD #images_done :one, #{ended.state.value} :one, {adds}", {**numbers, "one": 1})
        return self._once(scan_id, Update(_key(scan_id, ended.image), Expression(f"SET {sets}", values), first), sums)

    def add_done(self, scan_id: str, *, images: int) -> None:
        """Add to the scan's sum; a retry adds again."""
        done = Expression("ADD #images_done :images", {"images": images})
        self._table.write(Update((f"SCAN#{scan_id}", META), done, _THERE))

    def add_images(self, scan_id: str, index: str, more: int, *, now: datetime) -> None:
        """Remember the index, so that it is taken apart once."""
        item: Item = {"PK": f"SCAN#{scan_id}", "SK": f"X#{index}", "expires": _expires(now)}
        mark = Put(item, Expression("attribute_not_exists(#PK)"))
        self._once(scan_id, mark, Expression("ADD #images :more", {"more": more}))

    def images(self, scan_id: str, *, after: str, limit: int) -> tuple[ScannedImage, ...]:
        """Read the images' items in their order."""
        within = {"scan": f"SCAN#{scan_id}", "first": f"I#{after} " if after else "I#", "end": "I$"}
        items, _ = self._table.page(Expression("#PK = :scan AND #SK BETWEEN :first AND :end", within), limit=limit)
        return tuple(_image(item) for item in items)

    def _once(self, scan_id: str, first: Put | Update, sums: Expression) -> bool:
        try:
            self._table.transact([first, Update((f"SCAN#{scan_id}", META), sums, _THERE)])
        except ConditionFailed as error:
            if 0 in error.positions:
                return False
            raise StoreError(f"there is no scan {scan_id}") from error
        return True


def _expires(now: datetime) -> int:
    return int((now + timedelta(days=KEPT_DAYS)).timestamp())


def _key(scan_id: str, image: str) -> Key:
    return f"SCAN#{scan_id}", f"I#{image}"


def _image(item: Item) -> ScannedImage:
    numbers = {name: number for name, number in item.items() if isinstance(number, int)}
    layers = {name: number for name, number in numbers.items() if _LAYER.fullmatch(name)}
    state = ScanState(str(item.get("state", ScanState.RUNNING.value)))
    return ScannedImage(
        image=str(item["SK"]).removeprefix("I#"),
        state=state,
        layers=numbers.get("layers", 0),
        layers_done=numbers.get("layers_done", len(layers)),
        bytes=numbers.get("bytes", 0),
        bytes_done=numbers.get("bytes_done", sum(layers.values())),
        added=numbers.get("added", 0),
        fixed=numbers.get("fixed", 0),
        samples_added=numbers.get("samples_added", 0),
        cost=numbers.get("cost", 0),
        detail=str(item.get("detail", "")),
    )
