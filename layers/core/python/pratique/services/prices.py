"""What scanning costs, in US dollars, from list prices of us-east-1: for estimates and for the daily budget.

https://aws.amazon.com/lambda/pricing/ (arm64), https://aws.amazon.com/s3/pricing/ and
https://aws.amazon.com/dynamodb/pricing/on-demand/.  Other regions and agreements differ; these are for planning, and a
bill is what AWS writes.
"""

from __future__ import annotations

LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.0000002
DURABLE_OPERATION = 0.000008
S3_PUT = 0.000005
S3_GET = 0.0000004
DYNAMODB_WRITE_UNIT = 0.000000625
DYNAMODB_READ_UNIT = 0.000000125

ANALYZE_GB = 2.0
"""Memory of ``analyze_layer``, as the template sets it."""

PLANNED_BYTES_A_SECOND = 20_000_000
"""Compressed bytes of a layer that an estimate plans for one second of ``analyze_layer``."""

# Lease, progress and report of one layer; the rest of an image is its resolution, its assessment and what that writes.
_LAYER_FIXED = LAMBDA_REQUEST + DURABLE_OPERATION + S3_PUT + S3_GET + 5 * DYNAMODB_WRITE_UNIT
_IMAGE_SECONDS_GB = 2.0 * 1.769
_IMAGE_FIXED = (
    2 * LAMBDA_REQUEST
    + 4 * DURABLE_OPERATION
    + 2 * S3_PUT
    + 12 * S3_GET
    + 40 * DYNAMODB_WRITE_UNIT
    + 40 * DYNAMODB_READ_UNIT
    + _IMAGE_SECONDS_GB * LAMBDA_GB_SECOND
)


def layer_cost(seconds: float) -> float:
    """Return the cost of one run of ``analyze_layer`` that took so many seconds."""
    return _LAYER_FIXED + seconds * ANALYZE_GB * LAMBDA_GB_SECOND


def image_cost() -> float:
    """Return the planned cost of an image beside its layers."""
    return _IMAGE_FIXED


def planned_cost(*, images: int, layers: int, size: int) -> float:
    """Return the planned cost of a scan that reads ``layers`` layers of ``size`` compressed bytes together."""
    reading = size / PLANNED_BYTES_A_SECOND * ANALYZE_GB * LAMBDA_GB_SECOND
    return images * image_cost() + layers * _LAYER_FIXED + reading
