"""What scanning costs, in US dollars, from list prices of us-east-1: for estimates and for the daily budget.

https://aws.amazon.com/lambda/pricing/ (arm64), https://aws.amazon.com/s3/pricing/ and
https://aws.amazon.com/dynamodb/pricing/on-demand/.  Other regions and agreements differ; these are for planning, and a
bill is what AWS writes.
"""

from __future__ import annotations

from pratique.model.usage import Usage
from pratique.ports.scans import BILLIONTH

LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.0000002
DURABLE_OPERATION = 0.000008
EVENT = 0.000001
S3_PUT = 0.000005
S3_GET = 0.0000004
DYNAMODB_WRITE_UNIT = 0.000000625
DYNAMODB_READ_UNIT = 0.000000125

PLANNED_BYTES_A_SECOND = 20_000_000
"""Compressed bytes of a layer that an estimate plans for one second of ``analyze_layer``."""

_ANALYZE_GB, _ASSESS_GB = 2.0, 1.769
_PLANNED_LAYER = Usage(read_units=2, write_units=5, object_reads=1, object_writes=1)
_PLANNED_IMAGE = Usage(read_units=40, write_units=40, object_reads=12, object_writes=2)
_ASSESS_SECONDS = 1.5
# Checkpointed operations: resolving an image, asking which layers are known, the assessment and the end; where layers
# are read, the map over them, and for each its branch and the invocation in it.
_OPERATIONS = 4
_LAYER_OPERATIONS = 2
_DURABLE_GB_SECONDS = 0.5


def invocation_cost(usage: Usage, *, seconds: float, gigabytes: float) -> int:
    """Return what one invocation costs that took so many seconds of so much memory, in billionths of a US dollar."""
    dollars = (
        LAMBDA_REQUEST
        + seconds * gigabytes * LAMBDA_GB_SECOND
        + usage.read_units * DYNAMODB_READ_UNIT
        + usage.write_units * DYNAMODB_WRITE_UNIT
        + usage.object_reads * S3_GET
        + usage.object_writes * S3_PUT
    )
    return round(dollars * BILLIONTH)


def operations(layers: int) -> int:
    """Return how many operations of ``scan_image`` are checkpointed for an image, ``layers`` of which are read."""
    return _OPERATIONS + (1 + _LAYER_OPERATIONS * layers if layers else 0)


def orchestration_cost(layers: int) -> int:
    """Return the planned cost of the durable execution around an image, ``layers`` of which are read, in billionths."""
    dollars = LAMBDA_REQUEST + operations(layers) * DURABLE_OPERATION + _DURABLE_GB_SECONDS * LAMBDA_GB_SECOND
    return round(dollars * BILLIONTH)


def planned_cost(*, images: int, layers: int, size: int) -> float:
    """Return the planned cost, in US dollars, of a scan that reads ``layers`` layers of ``size`` bytes together."""
    image = invocation_cost(_PLANNED_IMAGE, seconds=_ASSESS_SECONDS, gigabytes=_ASSESS_GB) + orchestration_cost(0)
    layer = invocation_cost(_PLANNED_LAYER, seconds=0, gigabytes=_ANALYZE_GB)
    layer += round(_LAYER_OPERATIONS * DURABLE_OPERATION * BILLIONTH)
    reading = size / PLANNED_BYTES_A_SECOND * _ANALYZE_GB * LAMBDA_GB_SECOND
    return (images * image + layers * layer) / BILLIONTH + reading
