"""Starting, resolving and ending scans."""

from __future__ import annotations

from functools import cache

from pratique.adapters.ecr import EcrSources
from pratique.services.end_scan import EndScan
from pratique.services.fail_image import FailImage
from pratique.services.receive_push import ReceivePush
from pratique.services.record_day import RecordDay
from pratique.services.resolve_image import ResolveImage
from pratique.services.start_scan import StartScan
from pratique.services.tick import Tick
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects, starter, stores


@cache
def sources() -> EcrSources:
    """Return the registries that this deployment reads."""
    return EcrSources()


def receive_push() -> ReceivePush:
    """Return the use case of ``receive_push``."""
    kept = stores()
    return ReceivePush(
        scans=kept.scans,
        starter=starter(),
        findings=kept.findings,
        sources=sources(),
        clock=clock(),
        scan_image_function=environment().need("scan_image_function"),
    )


def resolve_image() -> ResolveImage:
    """Return the first step of ``scan_image``."""
    return ResolveImage(sources(), objects())


def fail_image() -> FailImage:
    """Return what records an image that could not be scanned."""
    return FailImage(stores().findings, clock())


def end_scan() -> EndScan:
    """Return what writes and tells the end of a scan."""
    kept = stores()
    return EndScan(kept.scans, kept.events, clock())


def start_scan() -> StartScan:
    """Return "Scan now"."""
    return StartScan(stores().scans, starter(), clock(), environment().need("rescan_function"))


def record_day() -> RecordDay:
    """Return what keeps the daily series."""
    kept = stores()
    return RecordDay(kept.counts, kept.trend, clock())


def tick() -> Tick:
    """Return the use case of ``tick``."""
    return Tick(stores().settings, start_scan(), clock())
