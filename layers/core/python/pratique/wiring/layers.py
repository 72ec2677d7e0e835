"""Reading layers."""

from __future__ import annotations

from functools import cache

from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS, analyzer_version
from pratique.malware.rules import load_rules
from pratique.malware.scanner import RuleScanner
from pratique.services.analyze_layer import AnalyzeLayer
from pratique.wiring.environment import environment
from pratique.wiring.scans import sources
from pratique.wiring.stores import clock, objects, stores

# A lease outlives the function that holds it by a little, so that nobody else begins while it still may write.
_LEASE_SPARE_SECONDS = 30


@cache
def analyze_layer() -> AnalyzeLayer:
    """Return the use case of ``analyze_layer``, its rules loaded."""
    scanner = RuleScanner(load_rules())
    return AnalyzeLayer(
        sources=sources(),
        objects=objects(),
        leases=stores().layers,
        clock=clock(),
        selector=Selector(EXTRACTORS),
        scanner=scanner,
        limits=Limits(),
        analyzer=analyzer_version(scanner.revision),
        lease_seconds=int(environment().layer_seconds) + _LEASE_SPARE_SECONDS,
    )
