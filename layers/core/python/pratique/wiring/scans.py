"""Starting, resolving and ending scans."""

from __future__ import annotations

from functools import cache

import boto3

from pratique.adapters.known_registries import KnownRegistries, Secrets
from pratique.services.end_scan import EndScan
from pratique.services.fail_image import FailImage
from pratique.services.receive_push import ReceivePush
from pratique.services.receive_webhook import ReceiveWebhook
from pratique.services.record_day import RecordDay
from pratique.services.resolve_image import ResolveImage
from pratique.services.retire_image import RetireImage
from pratique.services.scan_gate import ScanGate
from pratique.services.start_scan import StartScan
from pratique.services.stop_scan import StopScan
from pratique.services.tick import Tick
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects, starter, stores


@cache
def sources() -> KnownRegistries:
    """Return the registries that this deployment reads."""
    return KnownRegistries(stores().settings, secrets())


@cache
def secrets() -> Secrets:
    """Return the secrets that the settings name."""
    return Secrets(lambda: boto3.client("secretsmanager"))


def receive_push() -> ReceivePush:
    """Return the use case of ``receive_push``."""
    kept = stores()
    return ReceivePush(
        scans=kept.scans,
        starter=starter(),
        tags=kept.tags,
        settings=kept.settings,
        retire=RetireImage(kept.findings, sources(), clock()),
        clock=clock(),
        scan_image_function=environment().need("scan_image_function"),
        own=environment().need("own_instance"),
    )


def receive_webhook() -> ReceiveWebhook:
    """Return the use case of ``receive_webhook``."""
    return ReceiveWebhook(stores().settings, secrets().value, receive_push())


def resolve_image() -> ResolveImage:
    """Return the first step of ``scan_image``."""
    return ResolveImage(sources(), objects(), stores().settings)


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


def record_day() -> RecordDay:
    """Return what keeps the daily series."""
    kept = stores()
    return RecordDay(kept.counts, kept.trend, clock())


def tick() -> Tick:
    """Return the use case of ``tick``."""
    return Tick(stores().settings, start_scan(), clock())
