"""One DynamoDB table behind few calls: conditions, batches with what was left unprocessed, transactions.

Limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

import functools
import itertools
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from pratique.adapters.dynamodb_items import Expression, Item, Key, arguments, from_item, key, to_item
from pratique.adapters.usage_meter import UsageMeter
from pratique.errors import StoreError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

BATCH_WRITES = 25
BATCH_READS = 100
TRANSACTION_ITEMS = 100
_READS = frozenset({"get_item", "batch_get_item", "query"})
_TRIES = 8
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0
# Reasons for which one and the same transaction may be tried again.
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_RETRYABLE = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class ConditionFailed(StoreError):
    """A conditional write found another state; ``positions`` are those of the writes that did, in a transaction."""

    def __init__(self, positions: tuple[int, ...] = ()) -> None:
        """Remember which writes failed."""
        super().__init__("a conditional write found another state")
        self.positions = positions


class Put(Struct, frozen=True):
    """Write one item whole."""

    item: Item
    condition: Expression | None = None


class Update(Struct, frozen=True):
    """Change attributes of one item, which is made where there is none."""

    key: Key
    change: Expression
    condition: Expression | None = None


class Delete(Struct, frozen=True):
    """Remove one item."""

    key: Key
    condition: Expression | None = None


class Check(Struct, frozen=True):
    """Change nothing, but demand a condition of one item."""

    key: Key
    condition: Expression


Write = Put | Update | Delete | Check


def store_error(error: ClientError | BotoCoreError, doing: str) -> StoreError:
    """Return a service's error as ours: throttling, server faults and a lost connection may be tried again."""
    if isinstance(error, BotoCoreError):
        return StoreError(f"{doing}: {error}", retryable=True)
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = error.response.get("Error", {}).get("Message", "")
    server_fault = 500  # and everything above
    return StoreError(f"{doing}: {code} {message}".strip(), retryable=code in _RETRYABLE or status >= server_fault)


class DynamoTable:
    """One table with the key ``PK``, ``SK``."""

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        meter: UsageMeter | None = None,
    ) -> None:
        """Use ``client`` for the table ``name``; ``sleep`` is called between tries, ``meter`` counts capacity units."""
        self.client = client
        self.name = name
        self._sleep = sleep
        self._meter = meter
        self._report: dict[str, Any] = {"ReturnConsumedCapacity": "TOTAL"} if meter else {}

    def get(self, at: Key, *, consistent: bool = True) -> Item | None:
        """Return one item, or None."""
        answer = self._call("get_item", TableName=self.name, Key=key(*at), ConsistentRead=consistent)
        return from_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Item]:
        """Return the items of these keys that exist."""
        found: dict[Key, Item] = {}
        for chunk in _chunks(dict.fromkeys(keys), BATCH_READS):
            wanted: dict[str, Any] = {self.name: {"Keys": [key(*at) for at in chunk], "ConsistentRead": consistent}}
            for pause in self._pauses():
                answer = self._call("batch_get_item", RequestItems=wanted)
                for raw in answer["Responses"].get(self.name, ()):
                    item = from_item(raw)
                    found[str(item["PK"]), str(item["SK"])] = item
                wanted = answer.get("UnprocessedKeys") or {}
                if not wanted:
                    break
                pause()
        return found

    def page(
        self,
        condition: Expression,
        *,
        index: str = "",
        limit: int | None = None,
        after: Item | None = None,
        backwards: bool = False,
        consistent: bool = False,
        keys_only: bool = False,
    ) -> tuple[list[Item], Item | None]:
        """Return one page of a query, and where the next one begins (None: nowhere).

        ``limit`` bounds the items read; a page ends at 1 MB in any case.
        """
        request: dict[str, Any] = {"TableName": self.name, "ScanIndexForward": not backwards}
        projection = Expression("#PK, #SK") if keys_only else None
        request |= arguments(KeyConditionExpression=condition, ProjectionExpression=projection)
        if index:
            request["IndexName"] = index
        elif consistent:
            request["ConsistentRead"] = True
        if limit is not None:
            request["Limit"] = limit
        if after is not None:
            request["ExclusiveStartKey"] = to_item(after)
        answer = self._call("query", **request)
        last = answer.get("LastEvaluatedKey")
        return [from_item(item) for item in answer["Items"]], from_item(last) if last else None

    def every(
        self, condition: Expression, *, index: str = "", consistent: bool = False, keys_only: bool = False
    ) -> Iterator[Item]:
        """Yield every item of a query."""
        after: Item | None = None
        while True:
            items, after = self.page(condition, index=index, after=after, consistent=consistent, keys_only=keys_only)
            yield from items
            if after is None:
                return

    def write(self, write: Put | Update | Delete) -> Item:
        """Carry out one write and return the item as it is afterwards (empty for puts and deletes).

        Raises ConditionFailed where its condition does not hold.
        """
        ((kind, request),) = self._request(write).items()
        if kind == "Update":
            request["ReturnValues"] = "ALL_NEW"
        method = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        answer = self._call(method, **request)
        return from_item(answer.get("Attributes", {}))

    def write_many(self, writes: Iterable[Put | Delete]) -> int:
        """Carry out unconditional writes in batches, in no order, and return their number."""
        count = 0
        for chunk in _chunks(writes, BATCH_WRITES):
            count += len(chunk)
            waiting: dict[str, Any] = {self.name: [_batch_request(write) for write in chunk]}
            for pause in self._pauses():
                waiting = self._call("batch_write_item", RequestItems=waiting).get("UnprocessedItems") or {}
                if not waiting:
                    break
                pause()
        return count

    def transact(self, writes: Sequence[Write]) -> None:
        """Carry out up to 100 writes, all or nothing; raises ConditionFailed where a condition does not hold."""
        requests = [self._request(write) for write in writes]
        for pause in self._pauses():
            try:
                self._metered("transact_write_items", TransactItems=requests)
            except ClientError as error:
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    raise store_error(error, f"writing to table {self.name}") from error
                if not _may_pass(error):
                    raise StoreError(f"writing to table {self.name}: {error}") from error
                pause()
            except BotoCoreError as error:
                raise store_error(error, f"writing to table {self.name}") from error
            else:
                return

    def _request(self, write: Write) -> dict[str, Any]:
        match write:
            case Put(item, condition):
                request = {"TableName": self.name, "Item": to_item(item), **arguments(ConditionExpression=condition)}
                return {"Put": request}
            case Update(at, change, condition):
                expressions = arguments(UpdateExpression=change, ConditionExpression=condition)
                return {"Update": {"TableName": self.name, "Key": key(*at), **expressions}}
            case Delete(at, condition):
                return {"Delete": {"TableName": self.name, "Key": key(*at), **arguments(ConditionExpression=condition)}}
            case Check(at, demanded):
                expressions = arguments(ConditionExpression=demanded)
                return {"ConditionCheck": {"TableName": self.name, "Key": key(*at), **expressions}}

    def _call(self, method: str, **request: Any) -> Any:
        try:
            return self._metered(method, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise ConditionFailed from error
            raise store_error(error, f"{method} on table {self.name}") from error
        except BotoCoreError as error:
            raise store_error(error, f"{method} on table {self.name}") from error

    def _metered(self, method: str, **request: Any) -> Any:
        answer = getattr(self.client, method)(**request, **self._report)
        if self._meter:
            self._meter.consumed(answer, writing=method not in _READS)
        return answer

    def _pauses(self) -> Iterator[Callable[[], None]]:
        """Yield the pause that follows each try; when the tries are used up, raise."""
        for attempt in range(_TRIES):
            longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
            seconds = random.uniform(longest / 2, longest)  # noqa: S311 - spreads retries, keeps no secret
            yield functools.partial(self._sleep, seconds)
        raise StoreError(f"table {self.name} is throttled", retryable=True)


def _chunks(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    rest = iter(values)
    while chunk := tuple(itertools.islice(rest, size)):
        yield chunk


def _batch_request(write: Put | Delete) -> dict[str, Any]:
    match write:
        case Put(item):
            return {"PutRequest": {"Item": to_item(item)}}
        case Delete(at):
            return {"DeleteRequest": {"Key": key(*at)}}


def _may_pass(error: ClientError) -> bool:
    """Whether a cancelled transaction may be tried again; raises ConditionFailed where a condition did not hold."""
    reasons: Sequence[Any] = error.response.get("CancellationReasons", ())
    codes = [str(reason.get("Code", "None")) for reason in reasons]
    failed = tuple(position for position, code in enumerate(codes) if code == "ConditionalCheckFailed")
    if failed:
        raise ConditionFailed(failed) from error
    return bool(codes) and all(code in _PASSING or code == "None" for code in codes)
