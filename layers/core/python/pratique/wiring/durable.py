"""How the durable functions retry a step and map over many items."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python.config import CompletionConfig, Duration, MapConfig, NestingType, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

from pratique.errors import PratiqueError

RETRIES = StepConfig(
    retry_strategy=create_retry_strategy(
        RetryStrategyConfig(
            max_attempts=4, initial_delay=Duration.from_seconds(2), retryable_error_types=[PratiqueError]
        )
    )
)
"""A step that a store or a registry failed is tried again, some seconds apart."""


def every_one(at_once: int, nesting: NestingType = NestingType.NESTED) -> MapConfig[Any]:
    """Return the configuration of a map that goes on whatever becomes of single items."""
    return MapConfig(
        max_concurrency=at_once,
        completion_config=CompletionConfig(tolerated_failure_percentage=100),
        nesting_type=nesting,
    )
