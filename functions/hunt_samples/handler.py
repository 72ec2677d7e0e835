"""Look for what new rules find in images that were scanned before, durably (started by ``POST /v1/hunts``).

The rule packs are made into one set first.  Then images go in pages, newest first: layers that a changed rule may
concern are read, the images are judged again from reports.  Stopped or dead, a hunt leaves whole images behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_durable_execution_sdk_python.config import Duration, NestingType
from aws_durable_execution_sdk_python.context import DurableContext
from aws_durable_execution_sdk_python.exceptions import InvokeError, StepError
from aws_durable_execution_sdk_python.execution import durable_execution
from aws_durable_execution_sdk_python.types import StepContext
from aws_lambda_powertools import Logger

from pratique.envelopes.payloads import AnalyzeLayerRequest, AssessImageRequest, HuntRequest, LayerAnswer, LayerPayload
from pratique.model.image import ImageId
from pratique.ports.scans import ScanState
from pratique.services.hunt_record import all_numbers
from pratique.wiring.durable import RETRIES, every_one
from pratique.wiring.environment import environment
from pratique.wiring.hunts import hunt_record, hunt_samples, publish_rules
from pratique.wiring.stores import starter

logger = Logger()

_PAGE = 20
_PAGES_AN_EXECUTION = 20
_AT_ONCE = 16
_LAYER_ATTEMPTS = 3
_HELD_ATTEMPTS = 60
_HELD_SECONDS = 30


@durable_execution
def lambda_handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Answer the hunt's state and numbers so far; ``start`` is where a next execution goes on, -1 when all is done."""
    request = HuntRequest.model_validate(event)
    if not request.analyzer:
        try:
            request = HuntRequest.model_validate(context.step(lambda _: _begin(request), name="begin", config=RETRIES))
        except StepError as error:
            reason = f"the rules could not be made ready: {error}"
            context.step(lambda _: _end(request, ScanState.FAILED, reason), name="finish", config=RETRIES)
            return {"status": ScanState.FAILED.value, "start": -1}
    for number in range(_PAGES_AN_EXECUTION):
        page = context.step(_page_step(request), name=f"page-{number}", config=RETRIES)
        if page["stopped"] or not page["length"]:
            return _finished(context, request, stopped=page["stopped"])
        request = request.after(page["length"], Counter(page["counts"]) + _work(context, request, page["images"]))
    context.step(lambda _: _hand_over(request), name="hand-over", config=RETRIES)
    return {"status": ScanState.RUNNING.value, "start": request.start}


def _begin(request: HuntRequest) -> dict[str, Any]:
    rules = publish_rules()()
    hunt = hunt_samples()
    images = hunt.order(request.hunt, request.scope)
    hunt_record().begin(request.hunt, images=images, rules=rules)
    return request.model_copy(update={"analyzer": hunt.analyzer, "images": images}).model_dump(mode="json")


def _page_step(request: HuntRequest) -> Callable[[StepContext], dict[str, Any]]:
    return lambda _: _page(request)


def _page(request: HuntRequest) -> dict[str, Any]:
    """Return what to do for a page, as JSON; nothing more where other rules are in use by now."""
    record, hunt = hunt_record(), hunt_samples()
    record.tell(request.hunt, request.counts)
    stopped = record.is_stopped(request.hunt) or hunt.analyzer != request.analyzer
    length = 0 if stopped else min(_PAGE, request.images - request.start)
    if length <= 0:
        return {"stopped": stopped, "length": 0, "counts": {}, "images": []}
    plan = hunt.page(request.hunt, start=request.start, length=length)
    left = plan.untouched + plan.failed
    record.passed(request.hunt, images=left)
    return {
        "stopped": False,
        "length": plan.length,
        "counts": {"untouched": plan.untouched, "failed": plan.failed, "carried": plan.carried},
        "images": [
            {
                "image": str(each.image),
                "layers": [LayerPayload.of(layer).model_dump(mode="json") for layer in each.layers],
            }
            for each in plan.images
        ],
    }


def _work(context: DurableContext, request: HuntRequest, images: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Read a page's layers, each once, judge its images again, and return the numbers of what was done."""
    wanted = {layer["diff_id"]: (each["image"], layer) for each in images for layer in each["layers"]}

    def read(child: DurableContext, item: tuple[str, dict[str, Any]], _index: int, _all: object) -> dict[str, Any]:
        return _read_layer(child, request, ImageId.parse(item[0]), item[1])

    layers = list(wanted.values())
    config = every_one(_AT_ONCE, NestingType.FLAT)
    answers: list[dict[str, Any]] = (
        context.map(layers, read, name="layers", config=config).get_results() if layers else []
    )
    done = dict(zip(wanted, answers, strict=True))
    good = {
        key for key, answer in done.items() if answer["status"] == "read" and answer["analyzer"] == request.analyzer
    }
    whole = [each["image"] for each in images if all(layer["diff_id"] in good for layer in each["layers"])]

    def judge(child: DurableContext, name: str, _index: int, _all: object) -> str:
        return _judge(child, request, ImageId.parse(name))

    judged: list[str] = context.map(whole, judge, name="images", config=config).get_results() if whole else []
    missed = len(images) - len(whole)
    if missed:
        context.step(lambda _: hunt_record().passed(request.hunt, images=missed), name="missed", config=RETRIES)
    return Counter(
        {
            "layers": sum(answer["read_bytes"] > 0 for answer in answers),
            "bytes": sum(answer["read_bytes"] for answer in answers),
            "judged": judged.count("judged"),
            "failed": missed + judged.count("failed"),
        }
    )


def _read_layer(
    context: DurableContext, request: HuntRequest, image: ImageId, layer: Mapping[str, Any]
) -> dict[str, Any]:
    payload = AnalyzeLayerRequest(
        scan_id=request.hunt,
        instance=image.instance,
        repository=image.repository,
        owner=f"{request.hunt}/{layer['diff_id']}",
        layer=LayerPayload.model_validate(layer),
    ).model_dump(mode="json")
    held = failed = 0
    while True:
        try:
            answered: dict[str, Any] = context.invoke(
                environment().need("analyze_layer_function"), payload, name="analyze-layer"
            )
            answer = LayerAnswer.model_validate(answered)
        except InvokeError as error:
            answer = LayerAnswer(status="failed", reason=f"the worker died: {error}", retryable=True)
        if answer.status == "held" and held < _HELD_ATTEMPTS:
            held += 1
            context.wait(Duration.from_seconds(min(answer.seconds, _HELD_SECONDS)))
        elif answer.status == "failed" and answer.retryable and failed + 1 < _LAYER_ATTEMPTS:
            failed += 1
            context.wait(Duration.from_seconds(failed))
        else:
            return answer.model_dump(mode="json")


def _judge(context: DurableContext, request: HuntRequest, image: ImageId) -> str:
    payload = AssessImageRequest(
        scan_id=request.hunt,
        instance=image.instance,
        repository=image.repository,
        digest=image.digest,
        analyzer=request.analyzer,
    )
    try:
        context.invoke(environment().need("assess_image_function"), payload.model_dump(mode="json"), name="assess")
    except InvokeError:
        return "failed"
    return "judged"


def _finished(context: DurableContext, request: HuntRequest, *, stopped: bool) -> dict[str, Any]:
    failed = request.counts.get("failed", 0)
    state = ScanState.STOPPED if stopped else ScanState.PARTIAL if failed else ScanState.COMPLETE
    context.step(lambda _: _end(request, state), name="finish", config=RETRIES)
    return {"status": state.value, "start": -1, **all_numbers(request.counts)}


def _end(request: HuntRequest, state: ScanState, reason: str = "") -> None:
    hunt_record().end(request.hunt, state, request.counts, reason)


def _hand_over(request: HuntRequest) -> None:
    starter().start(
        environment().need("hunt_samples_function"),
        request.model_dump(mode="json"),
        execution_name=f"{request.hunt}-{request.start}",
    )
