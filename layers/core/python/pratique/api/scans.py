"""``/v1/scans``: scan now, and what became of it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, only
from pratique.api.routers import new_router
from pratique.model.scope import Scope
from pratique.ports.scans import ScanState
from pratique.services.query.scans import ScanFilter, get_scan, list_scans
from pratique.wiring import queries, scans

router = new_router()
_log = logging.getLogger(__name__)

_SCOPES = "`ALL`, `I#instance`, `N#instance/namespace`, `R#instance/repository` or `IMG#instance/repository@digest`"


class ScanQuery(PageQuery):
    """Filters of the list."""

    trigger: Literal["push", "schedule", "request", "advisories", "hunt", ""] = ""
    state: ScanState | None = None
    scope: str = Field("", max_length=600, description=f"Exact scope: {_SCOPES}")


class ScanRequest(BaseModel):
    """What to scan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: str = Field("ALL", min_length=1, max_length=600, description=_SCOPES)


class ScanAnswer(Answer):
    """One scan."""

    id: str = Field(description="ULID: sorts by the moment of the start")
    trigger: str = Field(description="`push`, `schedule`, `request`, `advisories` or `hunt`")
    scope: str
    state: ScanState
    started: datetime
    ended: datetime | None
    images: int
    images_done: int
    layers: int
    layers_done: int
    detail: str


@router.post("/v1/scans", summary="Scan now", tags=["Scans"], middlewares=only(), status_code=HTTPStatus.ACCEPTED)
def start(request: Annotated[ScanRequest, Body()]) -> Response[ScanAnswer]:
    """Start a scan of everything or of a scope; `Location` is where its progress is told."""
    scope = Scope.parse(request.scope)
    context = router.current_event.request_context
    # The gateway's own time and id make the scan's id: an event that is delivered twice starts one scan.
    at = datetime.fromtimestamp(context.time_epoch / 1000, UTC)
    record = scans.start_scan()(scope, trigger="request", at=at, seed=f"request {context.request_id}")
    _log.info("scan started", extra={"caller": router.context["caller"], "scan": record.id, "scope": record.scope})
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type="application/json",
        body=ScanAnswer.model_validate(record),
        headers={"Location": f"/v1/scans/{record.id}"},
    )


@router.get("/v1/scans", summary="List scans", tags=["Scans"], middlewares=only(ScanQuery))
def list_all(query: Annotated[ScanQuery, Query()]) -> PageAnswer[ScanAnswer]:
    """Answer scans, newest first."""
    wanted = ScanFilter(trigger=query.trigger, state=query.state, scope=query.scope)
    return PageAnswer[ScanAnswer].model_validate(list_scans(queries.reading(), wanted, query.page))


@router.get("/v1/scans/<id>", summary="Show one scan", tags=["Scans"], middlewares=only())
def show(
    id: Annotated[str, Path(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")],  # noqa: A002 - the name of the path's part
) -> ScanAnswer:
    """Answer where one scan stands."""
    record = get_scan(queries.reading(), id)
    if record is None:
        raise NotFoundError
    return ScanAnswer.model_validate(record)
