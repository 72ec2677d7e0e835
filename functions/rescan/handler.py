"""Scan every image in a scope again, durably (started by ``tick`` and by "Scan now").

Images go in batches, each a child context whose result is checkpointed, so that a scan of many images is
resumed where it stopped.
"""

from __future__ import annotations

from collections import Counter
from itertools import batched
from typing import Any

from aws_durable_execution_sdk_python.config import CompletionConfig, Duration, MapConfig, StepConfig
from aws_durable_execution_sdk_python.context import DurableContext
from aws_durable_execution_sdk_python.exceptions import InvokeError
from aws_durable_execution_sdk_python.execution import durable_execution
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from aws_lambda_powertools import Logger

from pratique import wiring
from pratique.envelopes.payloads import RescanRequest, ScanImageRequest
from pratique.errors import PratiqueError
from pratique.model.image import ImageId
from pratique.ports.scans import ScanState

logger = Logger()
