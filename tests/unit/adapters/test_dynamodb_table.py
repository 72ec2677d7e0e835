"""What the table does beyond single calls: batches left unprocessed, transactions in conflict, errors as ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from pratique.adapters.dynamodb_items import Expression, Item, arguments, from_item, pack, to_item, unpack
from pratique.adapters.dynamodb_table import Check, ConditionFailed, Delete, DynamoTable, Put, Update
from pratique.errors import StoreError
from tests.fakes.dynamodb import FakeDynamo

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def table(engine: FakeDynamo, pauses: list[float] | None = None) -> DynamoTable:
    return DynamoTable(engine.client, "T", sleep=(pauses if pauses is not None else []).append)


def item(number: int) -> dict[str, Any]:
    return {"PK": "P", "SK": f"{number:04}", "number": number}


def test_expressions_alias_every_name() -> None:
    found = arguments(
        UpdateExpression=Expression("SET #status = :status REMOVE #name", {"status": "x"}),
        ConditionExpression=Expression("attribute_exists(#PK)"),
        ProjectionExpression=None,
    )
    assert found == {
        "UpdateExpression": "SET #status = :status REMOVE #name",
        "ConditionExpression": "attribute_exists(#PK)",
        "ExpressionAttributeNames": {"#status": "status", "#name": "name", "#PK": "PK"},
        "ExpressionAttributeValues": {":status": {"S": "x"}},
    }


def test_items_come_back_as_they_were() -> None:
    value: Item = {"a": "text", "b": -7, "c": b"\x00\xff", "d": True, "e": ("x", "y"), "f": ()}
    assert from_item(to_item(value)) == value
    with pytest.raises(StoreError, match="never written"):
        from_item({"a": {"M": {}}})


@pytest.mark.parametrize("size", [1, 10_000])
def test_packed_bodies_come_back_and_long_ones_shrink(size: int) -> None:
    body = pack(["openssl"] * size)
    assert unpack(body, list[str]) == ["openssl"] * size
    assert len(body) < 1000


@pytest.mark.parametrize("body", [None, "text", b"\x28\xb5\x2f\xfd damaged", b"{", b'{"a": 1}'])
def test_damaged_body_is_a_store_error(body: Any) -> None:
    with pytest.raises(StoreError):
        unpack(body, list[str])


def test_batches_send_again_what_was_left_unprocessed() -> None:
    engine, pauses = FakeDynamo(throttled=5), list[float]()
    store = table(engine, pauses)
    assert store.write_many(Put(item(number)) for number in range(60)) == 60
    engine.throttled = 5
    assert len(store.get_many(("P", f"{number:04}") for number in range(60))) == 60
    assert len(pauses) == 10
    assert store.write_many(Delete(("P", f"{number:04}")) for number in range(60)) == 60
    assert engine.items("T") == []


CALLS: tuple[Callable[[DynamoTable], object], ...] = (
    lambda store: store.write_many([Put(item(1)), Put(item(2))]),
    lambda store: store.get_many([("P", str(number)) for number in range(5)]),
    lambda store: store.transact([Put(item(1))]),
)


@pytest.mark.parametrize("call", CALLS)
def test_throttling_that_does_not_end_is_an_error_that_may_pass(call: Callable[[DynamoTable], object]) -> None:
    with pytest.raises(StoreError) as caught:
        call(table(FakeDynamo(throttled=10_000)))
    assert caught.value.retryable


def test_transaction_in_conflict_is_tried_again() -> None:
    engine, pauses = FakeDynamo(throttled=3), list[float]()
    table(engine, pauses).transact([Put(item(1)), Put(item(2))])
    assert len(engine.items("T")) == 2
    assert len(pauses) == 3
    assert all(0.02 <= pause <= 2 for pause in pauses)


def test_transaction_says_which_conditions_failed_and_writes_nothing() -> None:
    engine = FakeDynamo()
    there = Expression("attribute_exists(#PK)")
    with pytest.raises(ConditionFailed) as caught:
        table(engine).transact([Put(item(1)), Check(("P", "none"), there), Put(item(2), there)])
    assert caught.value.positions == (1, 2)
    assert engine.items("T") == []


def test_update_returns_the_item_and_refuses_where_its_condition_fails() -> None:
    store = table(FakeDynamo())
    at = ("P", "S")
    assert store.write(Update(at, Expression("ADD #seq :one", {"one": 1})))["seq"] == 1
    changed = store.write(
        Update(at, Expression("SET #a = :a ADD #seq :one", {"a": "x", "one": 1}), Expression("#seq = :seq", {"seq": 1}))
    )
    assert (changed["seq"], changed["a"]) == (2, "x")
    with pytest.raises(ConditionFailed):
        store.write(Update(at, Expression("REMOVE #a"), Expression("#seq = :seq", {"seq": 1})))


class Broken:
    """A client of which every call fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(**_: object) -> None:
            raise self._error

        return fail


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [
        ("ThrottlingException", 400, True),
        ("ProvisionedThroughputExceededException", 400, True),
        ("InternalServerError", 500, True),
        ("AccessDeniedException", 400, False),
        ("ResourceNotFoundException", 400, False),
        ("ValidationException", 400, False),
    ],
)
def test_service_errors_say_whether_they_may_pass(code: str, status: int, *, retryable: bool) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Q")  # type: ignore[typeddict-item] # a response in short
    store = DynamoTable(cast("DynamoDBClient", Broken(error)), "T")
    for call in CALLS:
        with pytest.raises(StoreError) as caught:
            call(store)
        assert caught.value.retryable is retryable


def test_lost_connection_may_pass() -> None:
    store = DynamoTable(cast("DynamoDBClient", Broken(EndpointConnectionError(endpoint_url="x"))), "T")
    for call in CALLS:
        with pytest.raises(StoreError) as caught:
            call(store)
        assert caught.value.retryable
