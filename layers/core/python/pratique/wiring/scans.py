"""Estimating, starting and ending scans."""

from __future__ import annotations

from pratique.services.end_scan import EndScan
from pratique.services.estimate_scan import EstimateScan
from pratique.services.fail_image import FailImage
from pratique.services.scan_gate import ScanGate
from pratique.services.start_scan import StartScan
from pratique.services.stop_scan import StopScan
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects, starter, stores


def fail_image() -> FailImage:
    """Return what records an image that could not be scanned."""
    return FailImage(stores().findings, clock())


def end_scan() -> EndScan:
    """Return what writes and tells the end of a scan."""
    kept = stores()
    return EndScan(kept.scans, kept.events, clock())


def stop_scan() -> StopScan:
    """Return what stops a scan."""
    return StopScan(stores().scans, end_scan())


def scan_gate() -> ScanGate:
    """Return what says whether a scan may go on."""
    kept = stores()
    return ScanGate(kept.scans, kept.settings, kept.spending, kept.events, clock())


def start_scan() -> StartScan:
    """Return "Scan now"."""
    return StartScan(stores().scans, starter(), clock(), environment().need("rescan_function"))


def estimate_scan() -> EstimateScan:
    """Return what estimates a scan."""
    kept = stores()
    return EstimateScan(kept.catalog, kept.layers, objects(), kept.settings)
