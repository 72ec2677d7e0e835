"""Reading layers."""

from __future__ import annotations

from functools import cache

from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.services.analyze_layer import AnalyzeLayer
from pratique.wiring.environment import environment
from pratique.wiring.limits import limits_of
from pratique.wiring.registries import sources
from pratique.wiring.rules import layer_rules
from pratique.wiring.stores import clock, objects, stores

# A lease outlives the function that holds it by a little, so that nobody else begins while it still may write.
_LEASE_SPARE_SECONDS = 30


def analyze_layer() -> AnalyzeLayer:
    """Return the use case of ``analyze_layer`` with the rules in use, which are loaded once."""
    rules = layer_rules()
    return AnalyzeLayer(
        sources=sources(),
        objects=objects(),
        leases=stores().layers,
        clock=clock(),
        selector=_selector(),
        scanner=rules.scanner,
        limits=limits_of(environment().limits),
        analyzer=rules.analyzer,
        lease_seconds=int(environment().layer_seconds) + _LEASE_SPARE_SECONDS,
        carry=rules.carry,
    )


@cache
def _selector() -> Selector:
    return Selector(EXTRACTORS)
