"""Read one image layer and store its report, or say which layers have one already (invoked by ``scan_image``)."""

from __future__ import annotations

from typing import Any, assert_never

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.envelopes.payloads import AnalyzeLayerRequest, KnownLayersAnswer, KnownLayersRequest, LayerAnswer
from pratique.services.analyze_layer import LayerFailed, LayerHeld, LayerRead
from pratique.services.running_cost import RunningCost
from pratique.services.stop_scan import is_stopped
from pratique.wiring.costs import running_cost
from pratique.wiring.layers import analyze_layer
from pratique.wiring.stores import stores

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a LayerAnswer: the layer is read, held by another worker, or failed with a reason.

    To a KnownLayersRequest the answer is a KnownLayersAnswer.
    """
    if "layers" in event:
        return _known(KnownLayersRequest.model_validate(event), running_cost(context)).model_dump()
    request = AnalyzeLayerRequest.model_validate(event)
    if is_stopped(stores().scans, request.scan_id):
        metrics.add_metric(name="LayersStopped", unit=MetricUnit.Count, value=1)
        return LayerAnswer(status="stopped", reason="the scan was stopped").model_dump()
    cost = running_cost(context)
    analyze = analyze_layer()
    outcome = analyze(request.instance, request.repository, request.layer.layer, owner=request.owner)
    match outcome:
        case LayerRead(read_bytes=size):
            _record(request)
            metrics.add_metric(name="LayerBytesRead", unit=MetricUnit.Bytes, value=size)
            answer = LayerAnswer(status="read", analyzer=analyze.analyzer, read_bytes=size)
        case LayerHeld(seconds=seconds):
            metrics.add_metric(name="LayersHeld", unit=MetricUnit.Count, value=1)
            answer = LayerAnswer(status="held", seconds=seconds)
        case LayerFailed(reason=reason, retryable=retryable):
            metrics.add_metric(name="LayersFailed", unit=MetricUnit.Count, value=1)
            answer = LayerAnswer(status="failed", reason=reason, retryable=retryable)
        case _:
            assert_never(outcome)
    return answer.model_copy(update={"cost": cost.settle()}).model_dump()


def _record(request: AnalyzeLayerRequest) -> None:
    if request.digest:  # a hunt reads layers of no image in particular
        image = f"{request.instance}/{request.repository}@{request.digest}"
        stores().scans.layers_done(request.scan_id, image, {request.layer.index: request.layer.size})


def _known(request: KnownLayersRequest, cost: RunningCost) -> KnownLayersAnswer:
    analyze = analyze_layer()
    known = analyze.known([layer.layer.diff_id for layer in request.layers])
    sizes = {layer.index: layer.size for layer in request.layers if layer.diff_id in known}
    if sizes:
        stores().scans.layers_done(request.scan_id, str(request.image), sizes)
    metrics.add_metric(name="LayersKnown", unit=MetricUnit.Count, value=len(sizes))
    return KnownLayersAnswer(analyzer=analyze.analyzer, known=tuple(sorted(known)), cost=cost.settle())
