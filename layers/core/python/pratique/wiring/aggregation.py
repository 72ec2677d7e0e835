"""Keeping counts."""

from __future__ import annotations

from functools import cache

from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.repair_counts import RepairCounts
from pratique.wiring.stores import stores


@cache
def aggregate_findings() -> AggregateFindings:
    """Return the use case of ``aggregate_findings``."""
    kept = stores()
    return AggregateFindings(kept.findings, kept.counts, kept.library)


@cache
def repair_counts() -> RepairCounts:
    """Return the use case of ``repair_counts``."""
    kept = stores()
    return RepairCounts(kept.catalog, aggregate_findings(), kept.counts)
