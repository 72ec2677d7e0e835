"""``/v1/scans``: scan now, and what became of it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from msgspec.structs import asdict
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, only
from pratique.api.routers import new_router
from pratique.model.scope import Scope
from pratique.ports.scans import ScanState
from pratique.services.query.scans import ScanFilter, get_scan, list_scan_images, list_scans
from pratique.wiring import queries, scans

router = new_router()
_log = logging.getLogger(__name__)

_SCOPES = "`ALL`, `I#instance`, `N#instance/namespace`, `R#instance/repository` or `IMG#instance/repository@digest`"


_COST = Field(
    description="US dollars at the list prices of us-east-1, counted from what the images that ended took; not a bill"
)
_ID = Annotated[str, Path(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$", description="The scan's id")]


class ScanQuery(PageQuery):
    """Filters of the list."""

    trigger: Literal["push", "schedule", "request", "reconciliation", "advisories", "hunt", ""] = ""
    state: ScanState | None = None
    scope: str = Field("", max_length=600, description=f"Exact scope: {_SCOPES}")


class ScanImagesQuery(PageQuery):
    """Filters of the list of a scan's images."""

    state: ScanState | None = None


class ScanRequest(BaseModel):
    """What to scan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: str = Field("ALL", min_length=1, max_length=600, description=_SCOPES)
    dry_run: bool = Field(default=False, description="Answer what the scan would read and cost, and start nothing")


class ScanAnswer(Answer):
    """One scan, with the sums over its images."""

    id: str = Field(description="ULID: sorts by the moment of the start")
    trigger: str = Field(description="`push`, `schedule`, `request`, `reconciliation`, `advisories` or `hunt`")
    scope: str
    state: ScanState
    started: datetime
    ended: datetime | None
    images: int
    images_done: int
    layers: int = Field(description="Layers of the images that have begun")
    layers_done: int
    bytes: int = Field(description="Compressed bytes of these layers")
    bytes_done: int
    added: int = Field(description="Findings that appeared so far")
    fixed: int = Field(description="Findings that went so far")
    samples_added: int
    complete: int = Field(description="Images that ended so; the next five likewise")
    partial: int
    unsupported: int
    failed: int
    superseded: int
    stopped: int
    estimated_cost: float = _COST
    detail: str


class ProgressAnswer(ScanAnswer):
    """One scan and where it stands now."""

    images_waiting: int
    images_running: int | None = Field(description="Null for a scan of more images than are looked at for an answer")
    estimated_end: datetime | None = Field(description="At the pace so far; null where that is not known")


class ScannedImageAnswer(Answer):
    """One image of a scan."""

    image: str = Field(description="Image ID")
    state: ScanState
    layers: int
    layers_done: int
    bytes: int
    bytes_done: int
    added: int
    fixed: int
    samples_added: int
    estimated_cost: float = _COST
    detail: str = Field(description="Why it is not complete; empty where it is")


class EstimateAnswer(Answer):
    """What a scan would read and cost."""

    scope: str
    images: int = Field(description="Known images in the scope that the settings choose")
    looked_at: int = Field(description="Images that the numbers come from; where fewer, they are scaled up")
    unresolved: int = Field(description="Images of whose layers nothing is known yet; they count as none")
    layers_unread: int = Field(description="Different layers that no report of the newest analyzer is stored of")
    bytes: int = Field(description="Compressed bytes of these layers")
    dollars: float = Field(description="US dollars at the list prices of us-east-1; a plan, not a bill")


_STARTED: dict[int, OpenAPIResponse] = {
    202: {"description": "The scan", "content": {"application/json": {"model": ScanAnswer}}},
    200: {"description": "The estimate", "content": {"application/json": {"model": EstimateAnswer}}},
}


@router.post(
    "/v1/scans",
    summary="Scan now",
    tags=["Scans"],
    middlewares=only(),
    status_code=HTTPStatus.ACCEPTED,
    responses=_STARTED,
)
def start(request: Annotated[ScanRequest, Body()]) -> Response[ScanAnswer | EstimateAnswer]:
    """Start a scan of everything or of a scope; `Location` is where its progress is told.

    While a scan of the same scope runs, that one is answered. With `dry_run` the answer is 200 and an estimate.
    """
    scope = Scope.parse(request.scope)
    if request.dry_run:
        estimate = scans.estimate_scan()(scope)
        body = EstimateAnswer.model_validate({"scope": str(scope), **asdict(estimate)})
        return Response(status_code=HTTPStatus.OK, content_type="application/json", body=body)
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
def show(id: _ID) -> ProgressAnswer:  # noqa: A002 - the name of the path's part
    """Answer where one scan stands."""
    progress = get_scan(queries.reading(), id)
    if progress is None:
        raise NotFoundError
    return ProgressAnswer.model_validate(
        {
            **asdict(progress.record),
            "estimated_cost": progress.record.estimated_cost,
            "images_waiting": progress.images_waiting,
            "images_running": progress.images_running,
            "estimated_end": progress.estimated_end,
        }
    )


@router.delete("/v1/scans/<id>", summary="Stop a scan", tags=["Scans"], middlewares=only())
def stop(id: _ID) -> ScanAnswer:  # noqa: A002 - the name of the path's part
    """Stop a scan: no new layer begins, what is whole stays, every other image keeps its last report.

    A scan that has ended is answered as it is.
    """
    caller = router.context["caller"]
    record = scans.stop_scan()(id, by=caller)
    if record is None:
        raise NotFoundError
    _log.info("scan stopped", extra={"caller": caller, "scan": id})
    return ScanAnswer.model_validate(record)


@router.get("/v1/scans/<id>/images", summary="List a scan's images", tags=["Scans"], middlewares=only(ScanImagesQuery))
def list_images(id: _ID, query: Annotated[ScanImagesQuery, Query()]) -> PageAnswer[ScannedImageAnswer]:  # noqa: A002 - the name of the path's part
    """Answer the images of a scan that have begun, by their IDs."""
    page = list_scan_images(queries.reading(), id, query.state, query.page)
    if page is None:
        raise NotFoundError
    return PageAnswer[ScannedImageAnswer].model_validate(page)
