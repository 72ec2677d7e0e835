"""Rows that this worker wrote itself need not be unpacked, and never hide what another one wrote."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pratique.adapters.dynamodb_packed import PackedTables
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable
from pratique.adapters.packed_items import Place
from tests.fakes.dynamodb import FakeDynamo

_PLACE = Place("T", 0, 0)


def _tables(engine: FakeDynamo) -> PackedTables[str]:
    return PackedTables(DynamoTable(engine.client, "I"), str, listings=None)


def test_rows_that_were_written_are_read_again_as_they_were() -> None:
    engine = FakeDynamo()
    packed = _tables(engine)
    packed.change("T", {"b": lambda _: "2", "a": lambda _: "1"})
    assert packed.load([_PLACE])[_PLACE].rows is packed.load([_PLACE])[_PLACE].rows
    assert list(packed.rows("T").items()) == list(_tables(engine).rows("T").items()) == [("a", "1"), ("b", "2")]


def test_rows_of_a_write_that_failed_are_forgotten() -> None:
    engine = FakeDynamo()
    slow, fast = _tables(engine), _tables(engine)
    chunk = slow.load([_PLACE])[_PLACE]
    fast.change("T", {"a": lambda _: "fast"})
    lost: Mapping[str, str] = {"a": "slow"}
    with pytest.raises(ConditionFailed):
        DynamoTable(engine.client, "I").transact([slow.put(chunk, lost)])
    assert slow.rows("T") == {"a": "fast"}
