"""Suppressions in the index table: one item for each, removed ones too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pratique.adapters.dynamodb_finding_items import moment, moment_text
from pratique.adapters.dynamodb_items import Expression, Item, pack, unpack
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put, Update
from pratique.model.suppression import Suppression

_PARTITION = "CFG#suppress"


class DynamoSuppressions:
    """`Suppressions` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep suppressions in ``table``."""
        self._table = table

    def all(self) -> tuple[Suppression, ...]:
        """Return every suppression, newest first: ids sort by the time they were made at."""
        return tuple(sorted(map(_suppression, self._items()), key=lambda one: one.id, reverse=True))

    def get(self, suppression_id: str) -> Suppression | None:
        """Return one suppression, or None."""
        item = self._table.get((_PARTITION, suppression_id))
        return _suppression(item) if item else None

    def add(self, suppression: Suppression) -> bool:
        """Store a new suppression."""
        item: Item = {"PK": _PARTITION, "SK": suppression.id, "body": pack(suppression)}
        try:
            self._table.write(Put(item, Expression("attribute_not_exists(#PK)")))
        except ConditionFailed:
            return False
        return True

    def replace(self, suppression: Suppression, *, before: Suppression) -> bool:
        """Store a changed suppression."""
        item = self._table.get((_PARTITION, suppression.id))
        if item is None or _suppression(item) != before:
            return False
        # The body as it stands, not as it would be written today: older ones lack fields that came later.
        same = Expression("#body = :before", {"before": item["body"]})
        change = Expression("SET #body = :body", {"body": pack(suppression)})
        try:
            self._table.write(Update((_PARTITION, suppression.id), change, same))
        except ConditionFailed:
            return False
        return True

    def judged(self, suppression_id: str, mark: str, at: datetime) -> None:
        """Record the mark that images were judged with."""
        change = Expression("SET #mark = :mark, #judged = :at", {"mark": mark, "at": moment_text(at)})
        self._table.write(Update((_PARTITION, suppression_id), change, Expression("attribute_exists(#PK)")))

    def marks(self) -> tuple[tuple[Suppression, str, datetime | None], ...]:
        """Return every suppression with what images were judged with."""
        items = self._items()
        return tuple((_suppression(item), str(item.get("mark", "")), moment(item.get("judged"))) for item in items)

    def _items(self) -> Iterator[Item]:
        return self._table.every(Expression("#PK = :list", {"list": _PARTITION}), consistent=True)


def _suppression(item: Item) -> Suppression:
    return unpack(item["body"], Suppression)
