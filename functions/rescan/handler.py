"""Scan every image in a scope again, durably (started by ``tick`` and by "Scan now").

A plan is made first: the scope is reconciled with its registries and its images are put in order.  They go in pages,
each read once and checkpointed, so that a scan of many images is resumed where it stopped.  An execution hands over to
a next one long before it reaches the limit of operations of one execution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_durable_execution_sdk_python.config import NestingType
from aws_durable_execution_sdk_python.context import DurableContext
from aws_durable_execution_sdk_python.exceptions import InvokeError, StepError
from aws_durable_execution_sdk_python.execution import durable_execution
from aws_durable_execution_sdk_python.types import StepContext
from aws_lambda_powertools import Logger

from pratique.envelopes.payloads import RescanRequest, ScanImageRequest
from pratique.model.image import ImageId
from pratique.model.scope import Scope
from pratique.ports.scans import ScannedImage, ScanState
from pratique.services.scan_outcome import outcome_of
from pratique.wiring.durable import RETRIES, every_one
from pratique.wiring.environment import environment
from pratique.wiring.planning import plan_scan
from pratique.wiring.scans import end_scan, scan_gate
from pratique.wiring.stores import clock, starter, stores

logger = Logger()

_PAGE = 50
_PAGES_AN_EXECUTION = 20
_IMAGES_AT_ONCE = 10


@durable_execution
def lambda_handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Answer ``{"status": …, "first": …}``: the image that a next execution begins with, None when all is done."""
    request = RescanRequest.model_validate(event)
    try:
        problems = context.step(lambda _: _plan(request), name="plan", config=RETRIES)
    except StepError as error:
        return _end(context, request, f"nothing could be planned: {error}", ScanState.FAILED)
    first = request.first
    for number in range(_PAGES_AN_EXECUTION):
        page = context.step(_page_step(request, first), name=f"page-{number}", config=RETRIES)
        if page["closed"]:
            return _end(context, request, page["closed"], ScanState.STOPPED)
        _scan(context, request, page["images"])
        first += len(page["images"])
        if first >= page["total"]:
            return _end(context, request, problems)
    following = request.model_copy(update={"first": first})
    context.step(lambda _: _hand_over(following), name="hand-over", config=RETRIES)
    return {"status": ScanState.RUNNING.value, "first": first}


def _plan(request: RescanRequest) -> str:
    """Make the plan, or find it made; answer what could not be listed."""
    plan = plan_scan()(request.scan_id, Scope.parse(request.scope), new_only=request.new_only)
    if request.first == 0:
        stores().scans.update(request.scan_id, state=ScanState.RUNNING, images=len(plan.images))
    return "; ".join(plan.problems)


def _page_step(request: RescanRequest, first: int) -> Callable[[StepContext], dict[str, Any]]:
    return lambda _: _page(request, first)


def _page(request: RescanRequest, first: int) -> dict[str, Any]:
    closed = scan_gate().closed(request.scan_id, push=False)
    images, total = plan_scan().page(request.scan_id, first, _PAGE)
    return {"closed": closed, "images": [[planned.image, planned.tag] for planned in images], "total": total}


def _scan(context: DurableContext, request: RescanRequest, page: list[list[str]]) -> None:
    def scan(child: DurableContext, planned: list[str], _index: int, _all: object) -> None:
        name, tag = planned
        image = ImageId.parse(name)
        payload = ScanImageRequest(
            scan_id=request.scan_id,
            instance=image.instance,
            repository=image.repository,
            digest=image.digest,
            tag=tag,
            part=True,
        )
        try:
            child.invoke(environment().need("scan_image_function"), payload.model_dump(), name="scan-image")
        except InvokeError as error:
            reason = f"the scan of the image was lost: {error}"
            child.step(lambda _: _record_loss(request, name, reason), name="lost", config=RETRIES)

    context.map(page, scan, name="images", config=every_one(_IMAGES_AT_ONCE, NestingType.FLAT))


def _record_loss(request: RescanRequest, name: str, reason: str) -> None:
    ended = ScannedImage(name, ScanState.FAILED, detail=reason)
    stores().scans.end_image(request.scan_id, ended, now=clock().now())


def _hand_over(following: RescanRequest) -> None:
    starter().start(
        environment().need("rescan_function"),
        following.model_dump(),
        execution_name=f"{following.scan_id}-{following.first}",
    )


def _end(
    context: DurableContext, request: RescanRequest, detail: str, state: ScanState | None = None
) -> dict[str, Any]:
    status = context.step(lambda _: _finish(request, detail, state), name="finish", config=RETRIES)
    return {"status": status, "first": None}


def _finish(request: RescanRequest, detail: str, state: ScanState | None) -> str:
    """End the scan as its images did; what could not be listed makes it partial."""
    record = stores().scans.get(request.scan_id)
    ended = state or (outcome_of(record) if record else ScanState.FAILED)
    if detail and ended is ScanState.COMPLETE:
        ended = ScanState.PARTIAL
    end_scan()(request.scan_id, ended, detail)
    return ended.value
