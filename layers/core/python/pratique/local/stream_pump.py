"""Lambda's event source mapping on one machine: reads the stream of a table and invokes a function with batches."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import boto3
from botocore.exceptions import ClientError

from pratique.local import REGION

_log = logging.getLogger(__name__)
_BATCH = 1000
_IDLE_SECONDS = 0.2


class StreamPump:
    """Delivers every record of a table's stream, in order within a shard, until it was handled.

    A batch that the function fails on is delivered again, so a record may come more than once.
    """

    def __init__(self, stream_arn: str, deliver: Callable[[dict[str, Any]], object], *, prefix: str = "") -> None:
        """Read ``stream_arn`` from its beginning; ``deliver`` takes Lambda's event and raises on failure.

        Only records of partitions that begin with ``prefix`` are delivered.
        """
        self._client = boto3.client("dynamodbstreams")
        self._arn = stream_arn
        self._deliver = deliver
        self._prefix = prefix
        self._iterators: dict[str, str | None] = {}
        self._stop = Event()
        self._thread = Thread(target=self._run, name="stream-pump", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the batch at hand."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                moved = self._poll()
            except ClientError as error:
                _log.warning("stream not read", extra={"reason": str(error)})
                moved = False
            if not moved:
                self._stop.wait(_IDLE_SECONDS)

    def _poll(self) -> bool:
        description = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]
        moved = False
        for shard in description.get("Shards", []):
            identifier = shard["ShardId"]
            if identifier not in self._iterators:
                started = self._client.get_shard_iterator(
                    StreamArn=self._arn, ShardId=identifier, ShardIteratorType="TRIM_HORIZON"
                )
                self._iterators[identifier] = started["ShardIterator"]
            moved |= self._read(identifier)
        return moved

    def _read(self, shard: str) -> bool:
        iterator = self._iterators[shard]
        if iterator is None:
            return False
        answer = self._client.get_records(ShardIterator=iterator, Limit=_BATCH)
        records = [
            record for record in answer["Records"] if record["dynamodb"]["Keys"]["PK"]["S"].startswith(self._prefix)
        ]
        if records and not self._handled({"Records": [self._lambda_record(record) for record in records]}):
            return False
        self._iterators[shard] = answer.get("NextShardIterator")
        return bool(answer["Records"])

    def _handled(self, event: dict[str, Any]) -> bool:
        try:
            self._deliver(event)
        except Exception:  # noqa: BLE001 - as the event source mapping does: whatever the function raised, the batch comes again
            _log.exception("stream batch failed")
            return False
        return True

    def _lambda_record(self, record: Any) -> dict[str, Any]:
        change = dict(record["dynamodb"])
        created = change.pop("ApproximateCreationDateTime", None)
        change["ApproximateCreationDateTime"] = created.timestamp() if created else time.time()
        return {
            "eventID": record["eventID"],
            "eventName": record["eventName"],
            "eventVersion": record.get("eventVersion", "1.1"),
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "eventSourceARN": self._arn,
            "dynamodb": _plain(change),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
