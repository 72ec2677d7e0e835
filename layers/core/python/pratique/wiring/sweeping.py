"""Removing what nothing needs any more."""

from __future__ import annotations

from pratique.services.end_lost_scans import EndLostScans
from pratique.services.sweep_reports import SweepReports
from pratique.wiring.scans import end_scan
from pratique.wiring.stores import clock, objects, stores


def sweep_reports() -> SweepReports:
    """Return the use case of ``sweep_reports``."""
    kept = stores()
    return SweepReports(objects(), kept.catalog, kept.layers, clock())


def end_lost_scans() -> EndLostScans:
    """Return what ends scans that nothing works on."""
    return EndLostScans(stores().scans, end_scan(), clock())
