"""Starts the seeded local system as a program of its own, and ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from pratique.local.system import Addresses
from tests.browser.running_system import PROJECT, READY
from tests.end_to_end.estate import Estate

_START_SECONDS = 120.0


@contextmanager
def seeded_system(folder: Path) -> Iterator[Estate]:
    """Run it in ``folder``; what it says is in the folder's file ``output``."""
    command = [sys.executable, "-m", "tests.browser.running_system", str(folder)]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not (folder / READY).exists():
            assert process.poll() is None, (folder / "output").read_text()[-4000:]
            assert time.monotonic() < deadline, "the seeded system did not get ready"
            time.sleep(0.1)
        yield Estate(SimpleNamespace(addresses=Addresses.of(folder)), folder)  # type: ignore[arg-type]  # its addresses
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
