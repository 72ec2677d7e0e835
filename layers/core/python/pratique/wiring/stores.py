"""The stores, the clock, and what starts functions."""

from __future__ import annotations

from functools import cache

from pratique.adapters.aws_clients import AwsClients
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.adapters.lambda_starter import LambdaStarter
from pratique.adapters.s3_objects import S3Objects
from pratique.adapters.system_clock import SystemClock
from pratique.adapters.usage_meter import UsageMeter
from pratique.services.record_change import RecordChange
from pratique.wiring.environment import environment

# A table of counts that many people look at is read anew every other second at most.
_COUNTS_SECONDS = 2.0


@cache
def aws() -> AwsClients:
    """Return the clients of AWS services."""
    return AwsClients()


@cache
def stores() -> DynamoStores:
    """Return the stores in the two tables."""
    settings = environment()
    return dynamo_stores(
        aws().dynamodb(),
        findings_table=settings.need("findings_table"),
        index_table=settings.need("index_table"),
        objects=objects(),
        counts_seconds=_COUNTS_SECONDS,
        meter=meter(),
    )


def record_change() -> RecordChange:
    """Return what puts the service's own changes into the audit list."""
    return RecordChange(stores().audit, clock())


@cache
def objects() -> S3Objects:
    """Return the object store."""
    return S3Objects(aws().s3, environment().need("bucket"), meter=meter())


@cache
def meter() -> UsageMeter:
    """Return what counts the use of tables and bucket, of each thread."""
    return UsageMeter()


@cache
def starter() -> LambdaStarter:
    """Return what starts functions."""
    return LambdaStarter(aws().functions)


@cache
def clock() -> SystemClock:
    """Return the clock."""
    return SystemClock()
