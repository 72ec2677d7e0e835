"""Objects in one S3 bucket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from pratique.adapters.dynamodb_table import store_error
from pratique.adapters.usage_meter import UsageMeter
from pratique.errors import StoreError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TRIES = 5
_MOST_DELETED = 1000  # of DeleteObjects
_PAUSE_SECONDS = 0.1


class S3Objects:
    """`ObjectStore` on a bucket, which the callers' policies keep to prefixes."""

    def __init__(
        self,
        client: Callable[[], S3Client],
        bucket: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        meter: UsageMeter | None = None,
    ) -> None:
        """Ask what ``client`` returns for ``bucket``; ``sleep`` is called between tries, ``meter`` counts requests."""
        self._meter = meter or UsageMeter()
        self._client = client
        self._bucket = bucket
        self._sleep = sleep

    def get(self, key: str) -> bytes | None:
        """Return an object's bytes, or None where there is no such key."""
        self._meter.object_read()
        try:
            return self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise store_error(error, f"reading object {key}") from error
        except BotoCoreError as error:
            raise store_error(error, f"reading object {key}") from error

    def put(self, key: str, body: bytes) -> None:
        """Store an object."""
        self._meter.object_written()
        try:
            self._client().put_object(Bucket=self._bucket, Key=key, Body=body)
        except (ClientError, BotoCoreError) as error:
            raise store_error(error, f"storing object {key}") from error

    def put_if_absent(self, key: str, body: bytes) -> bool:
        """Store an object by a conditional write.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: 412 says that the key exists, 409
        that another write of it is under way.
        """
        for attempt in range(_TRIES):
            self._meter.object_written()
            try:
                self._client().put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code in {"PreconditionFailed", "412"}:
                    return False
                if code not in {"ConditionalRequestConflict", "409"}:
                    raise store_error(error, f"storing object {key}") from error
                self._sleep(_PAUSE_SECONDS * 2**attempt)
            except BotoCoreError as error:
                raise store_error(error, f"storing object {key}") from error
            else:
                return True
        raise StoreError(f"object {key} kept being written by others", retryable=True)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, a thousand with one call; S3 answers the same where there is none."""
        waiting = list(keys)
        for start in range(0, len(waiting), _MOST_DELETED):
            batch = waiting[start : start + _MOST_DELETED]
            try:
                answer = self._client().delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
                )
            except (ClientError, BotoCoreError) as error:
                raise store_error(error, "deleting objects") from error
            if answer.get("Errors"):
                first = answer["Errors"][0]
                raise StoreError(f"object {first.get('Key')} cannot be deleted: {first.get('Code')}", retryable=True)

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with ``prefix``."""
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        try:
            for page in pages:
                self._meter.object_written()  # a listing has the price of a write
                yield from (entry["Key"] for entry in page.get("Contents", ()))
        except (ClientError, BotoCoreError) as error:
            raise store_error(error, f"listing objects {prefix}") from error
