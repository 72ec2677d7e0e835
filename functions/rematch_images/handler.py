"""New advisory data: match stored inventories again (started by ``update_advisories``)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import RematchRequest
from pratique.services.advisory_changes import Share
from pratique.wiring.environment import environment
from pratique.wiring.judging_again import rematch_images
from pratique.wiring.stores import starter

logger = Logger()
metrics = Metrics()

# What is left of the function's time must do for the image at hand and for handing over.
_SPARE_MILLISECONDS = 60_000


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Match images until the time is up, then start this function again behind the last one."""
    request = RematchRequest.model_validate(event)
    done = rematch_images()(
        request.revision,
        after=request.after,
        failed=request.failed,
        share=Share(request.share, request.shares, request.run),
        out_of_time=lambda: context.get_remaining_time_in_millis() < _SPARE_MILLISECONDS,
    )
    metrics.add_metric(name="ImagesRematched", unit=MetricUnit.Count, value=done.images)
    if done.after:
        following = request.model_copy(update={"after": done.after, "failed": done.failed})
        starter().start(environment().need("rematch_images_function"), following.model_dump())
    return {"images": done.images, "untouched": done.untouched, "failed": done.failed, "after": done.after}
