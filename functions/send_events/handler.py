"""Events were recorded: send them on EventBridge (the stream of the findings table)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.wiring.outgoing import send_events

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 - Lambda's form
    """Send one batch; whatever fails, the batch comes again and what was sent is not sent again."""
    sent = send_events()(event["Records"])
    metrics.add_metric(name="EventsSent", unit=MetricUnit.Count, value=sent)
    return {"sent": sent}
