"""Fetch the advisory sources and, where they changed, match all images again (EventBridge schedule)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import RematchRequest
from pratique.wiring.advisories import update_advisories
from pratique.wiring.environment import environment
from pratique.wiring.stores import starter

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Answer how the update ended; a database that loses a known finding is not taken, and the answer says so."""
    outcome = update_advisories()()
    stale = sum(1 for source in outcome.revision.sources if source.stale)
    metrics.add_metric(name="StaleAdvisorySources", unit=MetricUnit.Count, value=stale)
    if outcome.promoted:
        request = RematchRequest(revision=outcome.revision.revision)
        starter().start(environment().need("rematch_images_function"), request.model_dump())
    return {
        "promoted": outcome.promoted,
        "revision": outcome.revision.revision,
        "stale_sources": stale,
        "detail": outcome.detail,
    }
