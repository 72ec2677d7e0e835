"""Scan one image, durably: resolve → read every unseen layer → assess (started by ``receive_push`` or ``rescan``).

Each step is checkpointed, so a worker that dies is followed by one that goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aws_durable_execution_sdk_python.concurrency.models import BatchResult
from aws_durable_execution_sdk_python.config import Duration
from aws_durable_execution_sdk_python.context import DurableContext
from aws_durable_execution_sdk_python.exceptions import InvokeError, StepError
from aws_durable_execution_sdk_python.execution import durable_execution
from aws_lambda_powertools import Logger

from pratique.envelopes.payloads import (
    AnalyzeLayerRequest,
    AssessAnswer,
    AssessImageRequest,
    KnownLayersAnswer,
    KnownLayersRequest,
    LayerAnswer,
    LayerFailure,
    LayerPayload,
    ScanImageRequest,
)
from pratique.errors import NotAnImage, PratiqueError
from pratique.model.image import Image, ImageId
from pratique.ports.scans import ScannedImage, ScanState
from pratique.services.prices import orchestration_cost
from pratique.services.scan_outcome import worst_of
from pratique.wiring.durable import RETRIES, every_one
from pratique.wiring.environment import environment
from pratique.wiring.registries import resolve_image
from pratique.wiring.scans import end_scan, fail_image, scan_gate
from pratique.wiring.stores import clock, stores

logger = Logger()

_LAYERS_AT_ONCE = 16
_LAYER_ATTEMPTS = 3
_HELD_ATTEMPTS = 60
_HELD_SECONDS = 30
_RETRY_SECONDS = 5


@durable_execution
def lambda_handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Answer ``{"status": …, "detail": …}``; the scan's record and the findings are in the stores."""
    request = ScanImageRequest.model_validate(event)
    try:
        resolved = context.step(lambda _: _resolve(request), name="resolve", config=RETRIES)
    except StepError as error:
        resolved = {"error": str(error)}
    outcome = _outcome(context, request, resolved)
    if not request.part:
        context.step(lambda _: _finish(request, outcome), name="finish", config=RETRIES)
    return outcome


def _outcome(context: DurableContext, request: ScanImageRequest, resolved: dict[str, Any]) -> dict[str, Any]:
    for word, state in (("closed", ScanState.STOPPED), ("skipped", ScanState.COMPLETE)):
        if word in resolved:
            context.step(lambda _: _end_image(request, state, resolved[word]), name=word, config=RETRIES)  # noqa: B023 - it runs at once
            return {"status": state.value, "detail": resolved[word]}
    if "error" in resolved:
        context.step(lambda _: _record_failure(request, resolved["error"]), name="record-failure", config=RETRIES)
        return {"status": ScanState.FAILED.value, "detail": resolved["error"]}
    if len(resolved["images"]) > 1:
        return _scan_platforms(context, request, resolved["images"])
    return _scan_layers(context, request, resolved["images"][0])


def _resolve(request: ScanImageRequest) -> dict[str, Any]:
    if closed := scan_gate().closed(request.scan_id, push=request.push or not request.part):
        return {"closed": closed}
    try:
        images = resolve_image()(request.instance, request.repository, request.digest)
    except NotAnImage as error:
        return {"skipped": str(error)}
    except PratiqueError as error:
        if error.retryable:
            raise
        return {"error": str(error)}
    if not images:
        return {"skipped": "the settings choose none of its platforms"}
    _record_begin(request, images)
    return {
        "images": [
            {"digest": image.digest, "layers": [LayerPayload.of(layer).model_dump() for layer in image.layers]}
            for image in images
        ]
    }


def _record_begin(request: ScanImageRequest, images: Sequence[Image]) -> None:
    scans, now = stores().scans, clock().now()
    if not request.part:
        scans.update(request.scan_id, state=ScanState.RUNNING)
    if len(images) > 1:
        scans.add_images(request.scan_id, str(request.image), len(images) - 1, now=now)
        return
    unique = _unique(LayerPayload.of(layer).model_dump() for layer in images[0].layers)
    name = str(ImageId(request.instance, request.repository, images[0].digest))
    size = sum(layer["size"] for layer in unique)
    scans.begin_image(request.scan_id, name, layers=len(unique), size=size, now=now)


def _unique(layers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One content may stand in an image twice; it is read once."""
    return list({layer["diff_id"]: layer for layer in layers}.values())


def _scan_platforms(
    context: DurableContext, request: ScanImageRequest, images: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    def scan(child: DurableContext, image: dict[str, Any], _index: int, _all: object) -> dict[str, Any]:
        child_request = {"digest": image["digest"], "part": True, "push": request.push or not request.part}
        payload = request.model_copy(update=child_request).model_dump()
        try:
            answer: dict[str, Any] = child.invoke(environment().need("scan_image_function"), payload, name="scan-image")
        except InvokeError as error:
            return {"status": ScanState.FAILED.value, "detail": str(error)}
        return answer

    batch: BatchResult[dict[str, Any]] = context.map(images, scan, name="platforms", config=every_one(_LAYERS_AT_ONCE))
    outcomes = batch.get_results()
    worst = worst_of(outcome["status"] for outcome in outcomes)
    details = "; ".join(outcome["detail"] for outcome in outcomes if outcome["detail"])
    return {"status": worst.value, "detail": details}


def _scan_layers(context: DurableContext, request: ScanImageRequest, image: dict[str, Any]) -> dict[str, Any]:
    request = request.model_copy(update={"digest": image["digest"]})

    def read(child: DurableContext, layer: dict[str, Any], _index: int, _all: object) -> dict[str, Any]:
        return _read_layer(child, request, layer)

    layers = _unique(image["layers"])
    known = _known_layers(context, request, layers)
    seen = [layer for layer in layers if layer["diff_id"] in known.known]
    unseen = [layer for layer in layers if layer["diff_id"] not in known.known]
    answers = [LayerAnswer(status="read", analyzer=known.analyzer).model_dump()] * len(seen)
    if unseen:
        batch: BatchResult[dict[str, Any]] = context.map(unseen, read, name="layers", config=every_one(_LAYERS_AT_ONCE))
        answers += batch.get_results()
    if any(answer["status"] == "stopped" for answer in answers):
        detail = "the scan was stopped"
        context.step(lambda _: _end_image(request, ScanState.STOPPED, detail), name="stopped", config=RETRIES)
        return {"status": ScanState.STOPPED.value, "detail": detail}
    spent = known.cost + orchestration_cost(len(unseen))
    assess = _assess_request(request, seen + unseen, answers, spent=spent)
    try:
        answered: dict[str, Any] = context.invoke(
            environment().need("assess_image_function"), assess.model_dump(), name="assess"
        )
    except InvokeError as error:
        reason = f"the image could not be assessed: {error}"
        context.step(lambda _: _record_failure(request, reason), name="record-failure", config=RETRIES)
        return {"status": ScanState.FAILED.value, "detail": reason}
    answer = AssessAnswer.model_validate(answered)
    return {"status": answer.status, "detail": "; ".join(failure.reason for failure in assess.failures)}


def _known_layers(
    context: DurableContext, request: ScanImageRequest, layers: Sequence[dict[str, Any]]
) -> KnownLayersAnswer:
    """Ask once for all layers: one checkpoint instead of one for each; without an answer none is known."""
    payload = KnownLayersRequest(
        scan_id=request.scan_id,
        instance=request.instance,
        repository=request.repository,
        digest=request.digest,
        layers=tuple(LayerPayload.model_validate(layer) for layer in layers),
    )
    try:
        answered: dict[str, Any] = context.invoke(
            environment().need("analyze_layer_function"), payload.model_dump(), name="known"
        )
    except InvokeError:
        return KnownLayersAnswer()
    return KnownLayersAnswer.model_validate(answered)


def _assess_request(
    request: ScanImageRequest, layers: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]], *, spent: int
) -> AssessImageRequest:
    both = list(zip(layers, answers, strict=True))
    read = [layer for layer, answer in both if answer["status"] == "read"]
    return AssessImageRequest(
        scan_id=request.scan_id,
        instance=request.instance,
        repository=request.repository,
        digest=request.digest,
        tag=request.tag,
        analyzer=next((answer["analyzer"] for answer in answers if answer["analyzer"]), ""),
        failures=tuple(
            LayerFailure(diff_id=layer["diff_id"], reason=answer["reason"])
            for layer, answer in both
            if answer["status"] != "read"
        ),
        layers_done=len(read),
        bytes_done=sum(layer["size"] for layer in read),
        cost=spent + sum(answer["cost"] for answer in answers),
    )


def _read_layer(context: DurableContext, request: ScanImageRequest, layer: dict[str, Any]) -> dict[str, Any]:
    payload = AnalyzeLayerRequest(
        scan_id=request.scan_id,
        instance=request.instance,
        repository=request.repository,
        digest=request.digest,
        owner=f"{request.scan_id}/{request.digest}",
        layer=LayerPayload.model_validate(layer),
    ).model_dump()
    held = failed = 0
    while True:
        try:
            answered: dict[str, Any] = context.invoke(
                environment().need("analyze_layer_function"), payload, name="analyze-layer"
            )
            answer = LayerAnswer.model_validate(answered)
        except InvokeError as error:
            answer = _without_answer(error)
        if answer.status == "held" and held < _HELD_ATTEMPTS:
            held += 1
            context.wait(Duration.from_seconds(min(answer.seconds, _HELD_SECONDS)))
        elif answer.status == "failed" and answer.retryable and failed + 1 < _LAYER_ATTEMPTS:
            failed += 1
            context.wait(Duration.from_seconds(_RETRY_SECONDS * failed))
        elif answer.status == "held":
            return LayerAnswer(status="failed", reason="another worker held the layer for too long").model_dump()
        else:
            return answer.model_dump()


def _without_answer(error: InvokeError) -> LayerAnswer:
    """Say what an invocation that gave no answer means.

    Where as many layers are read as the account allows, this one waits as for another worker.  Else the worker died
    or ran out of time: its lease is ours, and a second worker may do better.
    """
    if "TooManyRequests" in f"{error.error_type} {error}":
        return LayerAnswer(status="held", seconds=_HELD_SECONDS)
    return LayerAnswer(status="failed", reason=f"the worker died: {error}", retryable=True)


def _record_failure(request: ScanImageRequest, reason: str) -> None:
    fail_image()(request.image, reason=reason, tags=[request.tag] if request.tag else [])
    _end_image(request, ScanState.FAILED, reason)


def _end_image(request: ScanImageRequest, state: ScanState, detail: str) -> None:
    ended = ScannedImage(str(request.image), state, detail=detail)
    stores().scans.end_image(request.scan_id, ended, now=clock().now())


def _finish(request: ScanImageRequest, outcome: dict[str, Any]) -> None:
    end_scan()(request.scan_id, ScanState(outcome["status"]), outcome["detail"])
