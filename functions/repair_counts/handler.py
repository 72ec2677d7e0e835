"""Nightly: count a share of the images and tables again, and put right what is wrong (EventBridge schedule)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.wiring.aggregation import repair_counts

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 - Lambda's form
    """Recount the share of the event's day; ``CountsDrifted`` is how many images and rows were wrong."""
    share = datetime.fromisoformat(event["time"]).toordinal()
    done = repair_counts()(share)
    drifted = done.images_drifted + done.rows_drifted
    metrics.add_metric(name="CountsDrifted", unit=MetricUnit.Count, value=drifted)
    metrics.add_metric(name="ImagesRecounted", unit=MetricUnit.Count, value=done.images)
    return {"share": share, "images": done.images, "repositories": done.repositories, "drifted": drifted}
