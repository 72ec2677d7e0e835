"""The schema's version in DynamoDB: one item, changed under the name of whoever migrates."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from pratique.adapters.dynamodb_finding_items import moment_text
from pratique.adapters.dynamodb_items import Expression
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Update

_KEY = ("CFG#schema", "CURRENT")


class DynamoSchema:
    """`SchemaStore` on the index table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep the version in ``table``."""
        self._table = table

    def version(self) -> int:
        """Return the version, 0 where none is kept."""
        item = self._table.get(_KEY)
        version = item.get("version") if item else None
        return version if isinstance(version, int) else 0

    def begin(self, owner: str, *, now: datetime, seconds: int) -> bool:
        """Take the work by a conditional write."""
        until = moment_text(now + timedelta(seconds=seconds))
        take = Expression("SET #owner = :owner, #until = :until", {"owner": owner, "until": until})
        free = Expression("attribute_not_exists(#owner) OR #until < :now", {"now": moment_text(now)})
        return self._changed(take, free)

    def reached(self, version: int, owner: str) -> bool:
        """Mark the version while the work is the owner's."""
        return self._changed(Expression("SET #version = :version", {"version": version}), _own(owner))

    def end(self, owner: str) -> None:
        """Give the work back."""
        with contextlib.suppress(ConditionFailed):
            self._table.write(Update(_KEY, Expression("REMOVE #owner, #until"), _own(owner)))

    def _changed(self, change: Expression, condition: Expression) -> bool:
        try:
            self._table.write(Update(_KEY, change, condition))
        except ConditionFailed:
            return False
        return True


def _own(owner: str) -> Expression:
    return Expression("#owner = :owner", {"owner": owner})
