"""Scan every image in a scope again, durably (started by ``tick`` and by "Scan now").

Images go in pages, each read once and checkpointed, so that a scan of many images is resumed where it stopped.
An execution hands over to a next one long before it reaches the limit of operations of one execution.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from aws_durable_execution_sdk_python.config import NestingType
from aws_durable_execution_sdk_python.context import DurableContext
from aws_durable_execution_sdk_python.exceptions import InvokeError
from aws_durable_execution_sdk_python.execution import durable_execution
from aws_durable_execution_sdk_python.types import StepContext
from aws_lambda_powertools import Logger

from pratique.envelopes.payloads import RescanRequest, ScanImageRequest
from pratique.model.image import ImageId
from pratique.ports.scans import ScanState
from pratique.services.scan_outcome import worst_of
from pratique.wiring.durable import RETRIES, every_one
from pratique.wiring.environment import environment
from pratique.wiring.scans import end_scan
from pratique.wiring.stores import starter, stores

logger = Logger()

_PAGE = 100
_PAGES_AN_EXECUTION = 10
_IMAGES_AT_ONCE = 10


@durable_execution
def lambda_handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Answer ``{"status": …, "after": …}``; ``after`` is where a next execution goes on, empty when all is done."""
    request = RescanRequest.model_validate(event)
    after, worst = request.after, request.worst
    for number in range(_PAGES_AN_EXECUTION):
        page = context.step(_page_step(request, after, number), name=f"page-{number}", config=RETRIES)
        worst = worst_of([worst, *_scan(context, request, page)])
        if len(page) < _PAGE:
            context.step(_finish_step(request, worst), name="finish", config=RETRIES)
            return {"status": worst, "after": ""}
        after = page[-1]
    following = request.model_copy(update={"after": after, "worst": worst, "part": request.part + 1})
    context.step(lambda _: _hand_over(following), name="hand-over", config=RETRIES)
    return {"status": ScanState.RUNNING.value, "after": after}


def _page_step(request: RescanRequest, after: str, number: int) -> Callable[[StepContext], list[str]]:
    return lambda _: _page(request, after, number)


def _finish_step(request: RescanRequest, worst: str) -> Callable[[StepContext], None]:
    return lambda _: _finish(request, worst)


def _page(request: RescanRequest, after: str, number: int) -> list[str]:
    page = [str(image) for image in islice(stores().catalog.images(request.scope, after=after), _PAGE)]
    seen = (request.part * _PAGES_AN_EXECUTION + number) * _PAGE + len(page)
    stores().scans.update(request.scan_id, state=ScanState.RUNNING, images=seen)
    return page


def _scan(context: DurableContext, request: RescanRequest, page: list[str]) -> list[str]:
    def scan(child: DurableContext, name: str, _index: int, _all: object) -> str:
        image = ImageId.parse(name)
        payload = ScanImageRequest(
            scan_id=request.scan_id,
            instance=image.instance,
            repository=image.repository,
            digest=image.digest,
            part=True,
        )
        try:
            answer: dict[str, Any] = child.invoke(
                environment().need("scan_image_function"), payload.model_dump(), name="scan-image"
            )
        except InvokeError:
            return ScanState.FAILED.value
        return str(answer["status"])

    config = every_one(_IMAGES_AT_ONCE, NestingType.FLAT)
    return list(context.map(page, scan, name="images", config=config).get_results())


def _hand_over(following: RescanRequest) -> None:
    starter().start(
        environment().need("rescan_function"),
        following.model_dump(),
        execution_name=f"{following.scan_id}-{following.part}",
    )


def _finish(request: RescanRequest, worst: str) -> None:
    end_scan()(request.scan_id, ScanState(worst))
