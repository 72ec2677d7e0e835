"""DynamoDB in memory, at the level of the service's API, with a stream and with crashes between any two writes.

It knows what pratique asks for and refuses everything else.  Every item is checked against DynamoDB's limits, a
transaction is all or nothing, and each table's changes make up a stream.  `Crash` stands for a worker that was killed:
it is raised instead of carrying out a write when ``fuse`` has burnt down.
"""

from __future__ import annotations

import copy
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from tests.fakes.dynamodb_capacity import item_bytes, read_units, write_units
from tests.fakes.dynamodb_expressions import Attributes, Condition, updated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ITEM_BYTES = 400 * 1024
_PAGE_BYTES = 1024 * 1024
_TRANSACTION_BYTES = 4 * 1024 * 1024
_REPORT = "ReturnConsumedCapacity"
_KEYS = ("PK", "SK")
_INDEX_KEYS = ("GSI1PK", "GSI1SK")


class Crash(BaseException):
    """The worker was killed here.  Not an Exception: nothing may catch it and go on."""


@dataclass
class FakeDynamo:
    """Tables come into being when they are first used; `stream` holds one table's changes in order."""

    fuse: int | None = None
    throttled: int = 0
    reads: int = 0
    before_write: Callable[[], None] = lambda: None
    written: list[str] = field(default_factory=list)
    units: Counter[str] = field(default_factory=Counter)
    _tables: dict[str, dict[tuple[str, str], Attributes]] = field(default_factory=dict)
    _streams: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _parts: dict[tuple[str, str, str], dict[tuple[str, str], None]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def client(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self)

    def items(self, table: str) -> list[Attributes]:
        return [copy.deepcopy(item) for _, item in sorted(self._tables.get(table, {}).items())]

    def stream(self, table: str) -> list[dict[str, Any]]:
        return self._streams.setdefault(table, [])

    def get_item(self, *, TableName: str, Key: Attributes, ConsistentRead: bool = False, **report: str) -> Any:  # noqa: N803 - the service's names
        self.reads += 1
        item = self._tables.get(TableName, {}).get(_key(Key))
        units = read_units([[item or {}]], consistent=ConsistentRead)
        answer: dict[str, Any] = {"Item": copy.deepcopy(item)} if item else {}
        return answer | self._consumed(TableName, units, report)

    def batch_get_item(self, *, RequestItems: Mapping[str, Any], **report: str) -> Any:  # noqa: N803 - the service's names
        ((table, request),) = RequestItems.items()
        keys = request["Keys"]
        self.reads += 1
        assert 0 < len(keys) <= 100
        assert len({_key(key) for key in keys}) == len(keys), "DynamoDB refuses a key twice"
        served = keys[:-1] if self._take_throttling() else keys
        found = [self._tables.get(table, {}).get(_key(key)) for key in served]
        left = keys[len(served) :]
        answer: dict[str, Any] = {"Responses": {table: [copy.deepcopy(item) for item in found if item]}}
        answer["UnprocessedKeys"] = {table: {**request, "Keys": left}} if left else {}
        units = read_units([[item or {}] for item in found], consistent=request["ConsistentRead"])
        return answer | self._consumed(table, units, report)

    def query(self, **request: Any) -> Any:
        self.reads += 1
        table = self._tables.get(request["TableName"], {})
        partition, sort = _INDEX_KEYS if "IndexName" in request else _KEYS
        condition = Condition(
            request["KeyConditionExpression"],
            request["ExpressionAttributeNames"],
            request["ExpressionAttributeValues"],
        )
        keys = self._parts.get((request["TableName"], partition, _partition(request, partition)), {})
        found = [item for item in (table[key] for key in keys) if condition.holds(item)]
        found.sort(key=lambda item: (item[sort]["S"].encode(), _key(item)), reverse=not request["ScanIndexForward"])
        assert (
            "ExclusiveStartKey" not in request or "IndexName" not in request or "GSI1SK" in request["ExclusiveStartKey"]
        )
        start = request.get("ExclusiveStartKey")
        if start:
            found = found[[_key(item) for item in found].index(_key(start)) + 1 :]
        page: list[Attributes] = []
        size = 0
        for item in found:
            if len(page) == request.get("Limit", len(found)) or size > _PAGE_BYTES:
                break
            page.append(item)
            size += item_bytes(item)
        answer: dict[str, Any] = {"Items": [_projected(item, request) for item in page]}
        if len(page) < len(found) or (page and len(page) == request.get("Limit")):
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in {*_KEYS, partition, sort}}
        read = (
            [{name: item[name] for name in (*_KEYS, *_INDEX_KEYS)} for item in page] if "IndexName" in request else page
        )
        units = read_units([read], consistent=request.get("ConsistentRead", False))
        return answer | self._consumed(request["TableName"], units, request)

    def put_item(self, **request: Any) -> Any:
        return self._write([("Put", request)], report=request)

    def delete_item(self, **request: Any) -> Any:
        return self._write([("Delete", request)], report=request)

    def update_item(self, *, ReturnValues: str, **request: Any) -> Any:  # noqa: N803 - the service's names
        assert ReturnValues == "ALL_NEW"
        consumed = self._write([("Update", request)], report=request)
        return {"Attributes": copy.deepcopy(self._tables[request["TableName"]][_key(request["Key"])])} | consumed

    def batch_write_item(self, *, RequestItems: Mapping[str, Any], **report: str) -> Any:  # noqa: N803 - the service's names
        ((table, requests),) = RequestItems.items()
        assert 0 < len(requests) <= 25
        served = requests[:-1] if self._take_throttling() else requests
        before = self.units[table]
        for request in served:  # each on its own: a batch is no transaction
            kind = "Put" if "PutRequest" in request else "Delete"
            self._write([(kind, {"TableName": table, **request[f"{kind}Request"]})], report={})
        left = requests[len(served) :]
        consumed = self._consumed(table, self.units[table] - before, report)
        return {"UnprocessedItems": {table: left} if left else {}} | consumed

    def transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]], **report: str) -> Any:  # noqa: N803 - the service's names
        assert 0 < len(TransactItems) <= 100
        if self._take_throttling():
            raise _cancelled(["TransactionConflict", *["None"] * (len(TransactItems) - 1)])
        writes = [(kind, request) for item in TransactItems for kind, request in item.items()]
        keys = [(request["TableName"], *_key(request.get("Key") or request["Item"])) for _, request in writes]
        assert len(set(keys)) == len(keys), "DynamoDB refuses two operations on one item"
        size = sum(item_bytes(request["Item"]) for _, request in writes if "Item" in request)
        assert size <= _TRANSACTION_BYTES, "a transaction is larger than 4 MB"
        return self._write(writes, transaction=True, report=report)

    def burn(self) -> None:
        """Burn the fuse by one write; raises Crash where it has burnt down."""
        if self.fuse is not None:
            if self.fuse <= 0:
                raise Crash
            self.fuse -= 1

    def _take_throttling(self) -> bool:
        self.throttled -= 1
        return self.throttled >= 0

    def _write(
        self,
        writes: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        report: Mapping[str, Any],
        transaction: bool = False,
    ) -> dict[str, Any]:
        self.before_write()
        with self._lock:
            self.burn()
            failed = [not self._holds(request) for _, request in writes]
            if any(failed):
                codes = ["ConditionalCheckFailed" if bad else "None" for bad in failed]
                raise _cancelled(codes) if transaction else _error("ConditionalCheckFailedException")
            before = self.units.total()
            for kind, request in writes:
                if kind != "ConditionCheck":
                    self._store(kind, request, transaction=transaction)
            return self._consumed(writes[0][1]["TableName"], self.units.total() - before, report)

    def _consumed(self, table: str, units: float, report: Mapping[str, Any]) -> dict[str, Any]:
        """What an answer says of capacity, where that was asked for."""
        return {"ConsumedCapacity": [{"TableName": table, "CapacityUnits": units}]} if _REPORT in report else {}

    def _holds(self, request: Mapping[str, Any]) -> bool:
        if "ConditionExpression" not in request:
            return True
        item = self._tables.get(request["TableName"], {}).get(_key(request.get("Key") or request["Item"]), {})
        values = request.get("ExpressionAttributeValues", {})
        return Condition(request["ConditionExpression"], request["ExpressionAttributeNames"], values).holds(item)

    def _store(self, kind: str, request: Mapping[str, Any], *, transaction: bool) -> None:
        table = self._tables.setdefault(request["TableName"], {})
        at = _key(request.get("Key") or request["Item"])
        before = table.get(at)
        after: Attributes | None = None
        match kind:
            case "Put":
                after = copy.deepcopy(dict(request["Item"]))
            case "Update":
                values = request.get("ExpressionAttributeValues", {})
                names = request["ExpressionAttributeNames"]
                after = updated(before or dict(request["Key"]), request["UpdateExpression"], names, values)
        self.units[request["TableName"]] += write_units(before, after, transaction=transaction)
        self._place(request["TableName"], at, before, after)
        if after is None:
            table.pop(at, None)
        else:
            _check(after)
            table[at] = after
            self.written.append(f"{at[0]} {at[1]}")
        if before != after:
            self._emit(request["TableName"], at, before, after)

    def _place(self, table: str, at: tuple[str, str], before: Attributes | None, after: Attributes | None) -> None:
        """Keep the lists of the partitions' items, of the table and of its index."""
        for name in (_KEYS[0], _INDEX_KEYS[0]):
            if before and name in before:
                self._parts[table, name, before[name]["S"]].pop(at, None)
            if after and name in after:
                self._parts.setdefault((table, name, after[name]["S"]), {})[at] = None

    def _emit(self, table: str, at: tuple[str, str], before: Attributes | None, after: Attributes | None) -> None:
        records = self._streams.setdefault(table, [])
        change: dict[str, Any] = {
            "Keys": {"PK": {"S": at[0]}, "SK": {"S": at[1]}},
            "SequenceNumber": f"{len(records):021}",
        }
        change |= {name: copy.deepcopy(item) for name, item in (("OldImage", before), ("NewImage", after)) if item}
        name = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
        records.append({"eventID": str(len(records)), "eventName": name, "dynamodb": change})


def _partition(request: Mapping[str, Any], name: str) -> str:
    """The value that a query's condition asks of its partition key."""
    condition = request["KeyConditionExpression"]
    match = re.search(rf"#{name} = (:\w+)", condition)
    assert match, f"{condition} names no partition"
    return str(request["ExpressionAttributeValues"][match[1]]["S"])


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def _projected(item: Attributes, request: Mapping[str, Any]) -> Attributes:
    if "IndexName" in request:  # the index holds keys only
        return {name: item[name] for name in (*_KEYS, *_INDEX_KEYS)}
    return {name: item[name] for name in _KEYS} if "ProjectionExpression" in request else copy.deepcopy(item)


def _check(item: Attributes) -> None:
    assert item_bytes(item) <= _ITEM_BYTES, "an item is larger than 400 KB"
    for name in (*_KEYS, *_INDEX_KEYS):
        assert name not in item or item[name]["S"], "a key is empty"


def _error(code: str, **more: Any) -> ClientError:
    response = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(response, "Write")  # type: ignore[arg-type] # a response in short


def _cancelled(codes: Sequence[str]) -> ClientError:
    return _error("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])
