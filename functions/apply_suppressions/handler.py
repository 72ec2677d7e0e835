"""A suppression changed, or an hour has gone by: judge the images that it concerns again, reading no layer."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import ApplyDecisionsRequest
from pratique.wiring.environment import environment
from pratique.wiring.judging_again import apply_suppressions
from pratique.wiring.stores import starter

logger = Logger()
metrics = Metrics()

# What is left of the function's time must do for the image at hand and for handing over.
_SPARE_MILLISECONDS = 60_000


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Judge images until the time is up, then start this function again behind the last one."""
    done = apply_suppressions()(
        ApplyDecisionsRequest.begun_in(event),
        out_of_time=lambda: context.get_remaining_time_in_millis() < _SPARE_MILLISECONDS,
    )
    metrics.add_metric(name="ImagesJudgedAgain", unit=MetricUnit.Count, value=done.images)
    if done.after:
        following = ApplyDecisionsRequest.following(done)
        starter().start(environment().need("apply_suppressions_function"), following.model_dump(mode="json"))
    return {"ids": list(done.ids), "images": done.images, "failed": done.failed, "after": done.after}
