"""ECR says that an image was pushed or deleted (EventBridge, asynchronously)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.ecr_event import EcrEvent
from pratique.services.receive_push import ImageEvent
from pratique.wiring.pushes import receive_push

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:  # noqa: ARG001 - Lambda's form
    """Start a scan or retire the image.

    A failed push (``result`` FAILURE) left no image, and a chart or signature is none: both start nothing.
    """
    parsed = EcrEvent.model_validate(event)
    metrics.add_metric(name=f"Image{parsed.detail.action.title()}Events", unit=MetricUnit.Count, value=1)
    if parsed.detail.result != "SUCCESS" or parsed.detail.is_other_artifact:
        return {"outcome": "ignored"}
    service = receive_push()
    happened = ImageEvent(parsed.image, parsed.detail.tag, parsed.time)
    if parsed.detail.action == "DELETE":
        return {"outcome": "retired" if service.deleted(happened) else "kept"}
    started = service.pushed(happened)
    return {"outcome": "started", "scan_id": started} if started else {"outcome": "not chosen"}
