"""Fetch the advisory sources and, where they changed, match all images again (EventBridge schedule)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import RematchRequest
from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.advisory_record import CURRENT_KEY
from pratique.services.announce import advisories_stale, update_held_back
from pratique.services.update_advisories import UpdateOutcome
from pratique.wiring.advisories import update_advisories
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects, record_change, starter, stores

logger = Logger()
metrics = Metrics()

# Images are matched again in so many shares at once: new advisories must reach 10,000 images in a quarter of an hour.
_SHARES = 8


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Answer how the update ended; a database that loses a known finding is not taken, and the answer says so."""
    outcome = update_advisories()()
    # A source that never had data is told by the coverage of the images it would be about, not by an alarm for ever.
    stale = sum(1 for source in outcome.revision.sources if source.stale and source.records)
    metrics.add_metric(name="StaleAdvisorySources", unit=MetricUnit.Count, value=stale)
    metrics.add_metric(name="AdvisoryUpdatesHeldBack", unit=MetricUnit.Count, value=int(outcome.held_back))
    _announce(outcome)
    if outcome.held_back:
        _record("advisories held back", outcome.revision.revision, outcome.previous, outcome.detail)
    _follow(outcome)
    return {
        "promoted": outcome.promoted,
        "revision": outcome.revision.revision,
        "stale_sources": stale,
        "detail": outcome.detail,
    }


def _announce(outcome: UpdateOutcome) -> None:
    now = clock().now()
    events = list(advisories_stale(outcome.revision.sources, now))
    if outcome.held_back:
        events.append(update_held_back(outcome.revision.revision, outcome.previous, outcome.detail, now))
    stores().events.record(events, now)


def _follow(outcome: UpdateOutcome) -> None:
    """Let all stored images follow the revision in use, unless they began to: what follows a promotion may fail."""
    revision = outcome.revision.revision if outcome.promoted else outcome.previous
    changes = AdvisoryChanges(objects())
    begun = changes.last_begun()
    if revision == begun:
        return
    run = f"{clock().now():%Y%m%dT%H%M%SZ}"
    for share in range(_SHARES):
        request = RematchRequest(revision=revision, share=share, shares=_SHARES, run=run)
        starter().start(environment().need("rematch_images_function"), request.model_dump())
    _record("advisories promoted", revision, begun, outcome.detail)
    changes.begin(revision)


def _record(action: str, revision: str, before: str, detail: str) -> None:
    record_change()(action, CURRENT_KEY, {"revision": revision, "detail": detail}, {"revision": before})
