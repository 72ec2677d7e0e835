"""Images changed: bring the counts up to date (the stream of the findings table)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.wiring.aggregation import aggregate_findings

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 - Lambda's form
    """Count one batch; whatever fails, the batch comes again as a whole and counts nothing twice."""
    done = aggregate_findings()(event["Records"])
    metrics.add_metric(name="ImagesCounted", unit=MetricUnit.Count, value=done.changed)
    return {"images": done.images, "changed": done.changed}
