"""Daily: remove reports that nothing needs, end scans that nothing works on (EventBridge schedule)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.wiring.sweeping import end_lost_scans, sweep_reports

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001 - Lambda's form
    """Answer how much was removed, how much waits for its grace period, and how many scans were ended."""
    lost = end_lost_scans()()
    swept = sweep_reports()()
    metrics.add_metric(name="LostScans", unit=MetricUnit.Count, value=lost)
    metrics.add_metric(name="LayersSwept", unit=MetricUnit.Count, value=swept.layers)
    return {"lost_scans": lost, "layers": swept.layers, "images": swept.images, "waiting": swept.waiting}
