"""DynamoDB in memory, at the level of the service's API, with a stream and with crashes between any two writes.

It knows what pratique asks for and refuses everything else.  Every item is checked against DynamoDB's limits, a
transaction is all or nothing, and each table's changes make up a stream.  `Crash` stands for a worker that was killed:
it is raised instead of carrying out a write when ``fuse`` has burnt down.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from tests.fakes.dynamodb_capacity import item_bytes, read_units, write_units
from tests.fakes.dynamodb_expressions import Attributes, Condition, updated
from tests.fakes.dynamodb_kept import ChangeStream, handed_out, kept
from tests.fakes.dynamodb_partitions import INDEX_KEYS, KEYS, Partitions, key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ITEM_BYTES = 400 * 1024
_PAGE_BYTES = 1024 * 1024
_TRANSACTION_BYTES = 4 * 1024 * 1024
_REPORT = "ReturnConsumedCapacity"


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
    _tables: dict[str, dict[tuple[str, str], bytes]] = field(default_factory=dict)
    _streams: dict[str, ChangeStream] = field(default_factory=dict)
    _parts: dict[str, Partitions] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def client(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self)

    def items(self, table: str) -> list[Attributes]:
        return [handed_out(item) for _, item in sorted(self._tables.get(table, {}).items())]

    def stream(self, table: str) -> ChangeStream:
        return self._streams.setdefault(table, ChangeStream())

    def get_item(self, *, TableName: str, Key: Attributes, ConsistentRead: bool = False, **report: str) -> Any:  # noqa: N803 - the service's names
        self.reads += 1
        item = self._item(TableName, key_of(Key))
        units = read_units([[item or {}]], consistent=ConsistentRead)
        answer: dict[str, Any] = {"Item": item} if item else {}
        return answer | self._consumed(TableName, units, report)

    def batch_get_item(self, *, RequestItems: Mapping[str, Any], **report: str) -> Any:  # noqa: N803 - the service's names
        ((table, request),) = RequestItems.items()
        keys = request["Keys"]
        self.reads += 1
        assert 0 < len(keys) <= 100
        assert len({key_of(key) for key in keys}) == len(keys), "DynamoDB refuses a key twice"
        served = keys[:-1] if self._take_throttling() else keys
        found = [self._item(table, key_of(key)) for key in served]
        left = keys[len(served) :]
        answer: dict[str, Any] = {"Responses": {table: [item for item in found if item]}}
        answer["UnprocessedKeys"] = {table: {**request, "Keys": left}} if left else {}
        units = read_units([[item or {}] for item in found], consistent=request["ConsistentRead"])
        return answer | self._consumed(table, units, report)

    def query(self, **request: Any) -> Any:
        self.reads += 1
        table = request["TableName"]
        condition = Condition(
            request["KeyConditionExpression"],
            request["ExpressionAttributeNames"],
            request["ExpressionAttributeValues"],
        )
        asked = (self._kept(table, at) for at in self._partitions(table).asked(request))
        page: list[Attributes] = []
        size, more = 0, False
        for item in filter(condition.holds, asked):
            if len(page) == request.get("Limit") or size > _PAGE_BYTES:
                more = True
                break
            page.append(item)
            size += item_bytes(item)
        answer: dict[str, Any] = {"Items": [_projected(item, request) for item in page]}
        if more or (page and len(page) == request.get("Limit")):
            names = (*KEYS, *INDEX_KEYS) if "IndexName" in request else KEYS
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in names}
        read = (
            [{name: item[name] for name in (*KEYS, *INDEX_KEYS)} for item in page] if "IndexName" in request else page
        )
        units = read_units([read], consistent=request.get("ConsistentRead", False))
        return answer | self._consumed(table, units, request)

    def put_item(self, **request: Any) -> Any:
        return self._write([("Put", request)], report=request)

    def delete_item(self, **request: Any) -> Any:
        return self._write([("Delete", request)], report=request)

    def update_item(self, *, ReturnValues: str, **request: Any) -> Any:  # noqa: N803 - the service's names
        assert ReturnValues == "ALL_NEW"
        consumed = self._write([("Update", request)], report=request)
        return {"Attributes": self._item(request["TableName"], key_of(request["Key"]))} | consumed

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
        keys = [(request["TableName"], *key_of(request.get("Key") or request["Item"])) for _, request in writes]
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
        item = self._item(request["TableName"], key_of(request.get("Key") or request["Item"])) or {}
        values = request.get("ExpressionAttributeValues", {})
        return Condition(request["ConditionExpression"], request["ExpressionAttributeNames"], values).holds(item)

    def _store(self, kind: str, request: Mapping[str, Any], *, transaction: bool) -> None:
        table = self._tables.setdefault(request["TableName"], {})
        at = key_of(request.get("Key") or request["Item"])
        before = self._item(request["TableName"], at)
        after: Attributes | None = None
        match kind:
            case "Put":
                after = dict(request["Item"])
            case "Update":
                values = request.get("ExpressionAttributeValues", {})
                names = request["ExpressionAttributeNames"]
                after = updated(before or dict(request["Key"]), request["UpdateExpression"], names, values)
        self.units[request["TableName"]] += write_units(before, after, transaction=transaction)
        self._partitions(request["TableName"]).move(before, after)
        body = table.pop(at, None)
        if after is not None:
            _check(after)
            table[at] = kept(after)
            self.written.append(f"{at[0]} {at[1]}")
        if before != after:
            self._emit(request["TableName"], at, body, table.get(at))

    def _emit(self, table: str, at: tuple[str, str], before: bytes | None, after: bytes | None) -> None:
        self.stream(table).add(at, before, after)

    def _partitions(self, table: str) -> Partitions:
        return self._parts.setdefault(table, Partitions())

    def _item(self, table: str, at: tuple[str, str]) -> Attributes | None:
        return self._kept(table, at) if at in self._tables.get(table, {}) else None

    def _kept(self, table: str, at: tuple[str, str]) -> Attributes:
        return handed_out(self._tables[table][at])


def _projected(item: Attributes, request: Mapping[str, Any]) -> Attributes:
    if "IndexName" in request:  # the index holds keys only
        return {name: item[name] for name in (*KEYS, *INDEX_KEYS)}
    return {name: item[name] for name in KEYS} if "ProjectionExpression" in request else item


def _check(item: Attributes) -> None:
    assert item_bytes(item) <= _ITEM_BYTES, "an item is larger than 400 KB"
    for name in (*KEYS, *INDEX_KEYS):
        assert name not in item or item[name]["S"], "a key is empty"


def _error(code: str, **more: Any) -> ClientError:
    response = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(response, "Write")  # type: ignore[arg-type] # a response in short


def _cancelled(codes: Sequence[str]) -> ClientError:
    return _error("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])
