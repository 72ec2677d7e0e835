"""``/v1/hunts``: look for what new rules find in images that were scanned before."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from pratique.api.parameters import only
from pratique.api.routers import new_router
from pratique.api.scans import ScanAnswer, ScanRequest
from pratique.model.scope import Scope
from pratique.wiring import hunting

router = new_router()
_log = logging.getLogger(__name__)


@router.post("/v1/hunts", summary="Hunt now", tags=["Rules"], middlewares=only(), status_code=HTTPStatus.ACCEPTED)
def start(request: Annotated[ScanRequest, Body()]) -> Response[ScanAnswer]:
    """Make one set of all rule packs and hunt with it, newest images first; `Location` is where progress is told.

    A hunt is listed, followed and stopped as a scan is. It reads only layers that hold a file of a type which a
    changed rule can fire on.
    """
    scope = Scope.parse(request.scope)
    context = router.current_event.request_context
    at = datetime.fromtimestamp(context.time_epoch / 1000, UTC)
    record = hunting.start_hunt()(scope, at=at, seed=f"request {context.request_id}")
    _log.info("hunt started", extra={"caller": router.context["caller"], "scan": record.id, "scope": record.scope})
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type="application/json",
        body=ScanAnswer.model_validate(record),
        headers={"Location": f"/v1/scans/{record.id}"},
    )
