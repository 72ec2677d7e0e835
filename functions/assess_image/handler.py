"""Fold an image's layers, match them and store the findings (invoked by ``scan_image``)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import AssessAnswer, AssessImageRequest
from pratique.ports.scans import ScannedImage, ScanState
from pratique.services.assess_image import Assessment
from pratique.wiring.assessment import assess_image
from pratique.wiring.costs import running_cost
from pratique.wiring.stores import clock, stores

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an AssessAnswer; the findings themselves are in the store."""
    request = AssessImageRequest.model_validate(event)
    cost = running_cost(context)
    assessment = assess_image()(
        request.image,
        tags=[request.tag] if request.tag else [],
        analyzer=request.analyzer,
        failures=[failure.as_reason for failure in request.failures],
    )
    answer = _answer(assessment)
    _record(request, answer, request.cost + cost.settle())
    metrics.add_metric(name="ImagesAssessed", unit=MetricUnit.Count, value=1)
    return answer.model_dump()


def _answer(assessment: Assessment) -> AssessAnswer:
    if assessment.status is None:
        return AssessAnswer(status=ScanState.SUPERSEDED)
    change = assessment.change
    return AssessAnswer(
        status=assessment.status,
        added=len(change.added) if change else 0,
        fixed=len(change.fixed) if change else 0,
        samples_added=len(change.samples_added) if change else 0,
    )


def _record(request: AssessImageRequest, answer: AssessAnswer, cost: int) -> None:
    ended = ScannedImage(
        image=str(request.image),
        state=ScanState(answer.status),
        layers_done=request.layers_done,
        bytes_done=request.bytes_done,
        added=answer.added,
        fixed=answer.fixed,
        samples_added=answer.samples_added,
        cost=cost,
        detail="; ".join(failure.reason for failure in request.failures),
    )
    stores().scans.end_image(request.scan_id, ended, now=clock().now())
