"""Planning scans of many images: lists of registries, and the order of what they hold."""

from __future__ import annotations

from pratique.services.plan_scan import PlanScan
from pratique.services.reconcile import Reconcile
from pratique.services.retire_image import RetireImage
from pratique.wiring.environment import environment
from pratique.wiring.registries import sources
from pratique.wiring.stores import clock, objects, stores


def plan_scan() -> PlanScan:
    """Return what decides which images a scan goes through."""
    kept = stores()
    reconcile = Reconcile(
        sources(),
        kept.catalog,
        kept.findings,
        kept.tags,
        RetireImage(kept.findings, sources(), clock()),
        clock(),
        environment().need("own_instance"),
    )
    return PlanScan(reconcile, kept.catalog, kept.findings, objects(), kept.settings)
