"""Fold an image's layers, match them and store the findings (invoked by ``scan_image``)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import AssessAnswer, AssessImageRequest
from pratique.wiring.assessment import assess_image
from pratique.wiring.stores import stores

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Answer an AssessAnswer; the findings themselves are in the store."""
    request = AssessImageRequest.model_validate(event)
    assessment = assess_image()(
        request.image,
        tags=[request.tag] if request.tag else [],
        analyzer=request.analyzer,
        failures=[failure.as_reason for failure in request.failures],
    )
    stores().scans.add_done(request.scan_id, images=1)
    metrics.add_metric(name="ImagesAssessed", unit=MetricUnit.Count, value=1)
    if assessment.status is None:
        return AssessAnswer(status="superseded").model_dump()
    change = assessment.change
    return AssessAnswer(
        status=assessment.status,
        added=len(change.added) if change else 0,
        fixed=len(change.fixed) if change else 0,
        samples_added=len(change.samples_added) if change else 0,
    ).model_dump()
