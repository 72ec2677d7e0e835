"""A program of its own: a local system with the seeded estate, until it is ended.

A process apart, because the functions of a local system keep what they read from the environment.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pratique.local.system import LocalSystem
from pratique.ports.counts import Table, TableName
from pratique.services.query.overview import image_totals
from pratique.services.record_day import RecordDay
from pratique.wiring.stores import clock, stores
from tests.browser.seeded_estate import IMAGES, seed

PROJECT = Path(__file__).resolve().parents[2]
READY = "ready"
_SECONDS = 60


def main(folder: Path) -> None:
    """Run in ``folder``; a file there says when everything that was seeded is counted."""
    with LocalSystem(project=PROJECT, folder=folder, workers=1):
        # What the schedule starts at once would take the images for gone: no registry has them.
        _await(_schedule_is_quiet)
        seed(stores())
        _await(lambda: _counted() >= IMAGES)
        RecordDay(stores().counts, stores().trend, clock())()
        (folder / READY).touch()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


def _await(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)


def _schedule_is_quiet() -> bool:
    now = clock().now()
    ticked = stores().trend.since(now.date())
    running = [scan for scan in stores().scans.page(after="", limit=20, now=now).scans if not scan.ended]
    return bool(ticked) and not running


def _counted() -> int:
    return image_totals(stores().counts.rows(TableName(Table.REPOSITORIES)).values()).total


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(Path(sys.argv[1]))
