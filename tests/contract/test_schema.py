"""What every schema store does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pratique.adapters.dynamodb_stores import DynamoStores

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_version_is_marked_by_whoever_has_the_work(stores: DynamoStores) -> None:
    schema = stores.schema
    assert schema.version() == 0
    assert not schema.reached(1, "ann")
    assert schema.begin("ann", now=NOW, seconds=900)
    assert not schema.begin("bob", now=NOW, seconds=900)
    assert schema.reached(1, "ann")
    assert not schema.reached(2, "bob")
    schema.end("bob")
    assert not schema.begin("bob", now=NOW, seconds=900)
    schema.end("ann")
    assert schema.begin("bob", now=NOW, seconds=900)
    assert schema.version() == 1


def test_work_of_a_dead_owner_is_taken_over_and_not_marked_by_it(stores: DynamoStores) -> None:
    schema = stores.schema
    assert schema.begin("dead", now=NOW, seconds=900)
    assert schema.begin("ann", now=NOW + timedelta(seconds=901), seconds=900)
    assert not schema.reached(1, "dead")
    assert schema.version() == 0
