"""The second scan of a known image: what it takes beyond starting up.

    python -m benchmarks.second_scan --images FOLDER [--runs N]

Starting up is the same command on an image of one small layer, known too.  Scans are `pratique inventory` and
`pratique scan` (starter advisories and rules), with a cache of their own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.inventory import IMAGES
from benchmarks.measurement import Record, Spread, command_of, interleaved, layouts, options, run_process
from tests.image_builder import build_layout

_MOST = 0.3
_COMMANDS = ("inventory", "scan")


def _cpu(command: str, layout: Path, folder: Path) -> float:
    program = Path(sys.executable).with_name("pratique")
    words = [str(program), command, str(layout), "--format", "json", "--output", str(folder / "out.json")]
    return run_process(words, {"XDG_CACHE_HOME": str(folder / "cache")}).cpu


def main() -> None:
    """Measure, print and record."""
    chosen = options(__doc__).parse_args()
    record = Record("second_scan", command_of("benchmarks.second_scan"))
    images = layouts(record, chosen.images, IMAGES)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.pop("PRATIQUE_CACHE", None)
        small = folder / "small"
        build_layout(small, [{"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}])
        for command in _COMMANDS:
            for layout in images:
                first = _cpu(command, layout, folder)
                _cpu(command, small, folder)
                measures = {
                    "start": partial(_cpu, command, small, folder),
                    "second": partial(_cpu, command, layout, folder),
                }
                found = {which: Spread.of(seconds) for which, seconds in interleaved(measures, chosen.runs).items()}
                start, second = found["start"], found["second"]
                beyond = second.median - start.median
                rows.append(
                    (
                        command,
                        layout.name,
                        f"{first:.2f}",
                        f"{start.median:.2f}",
                        f"{second.median:.2f}",
                        f"{beyond:.2f}",
                    )
                )
                record.target(f"{command} {layout.name}: second scan beyond start-up, CPU", beyond, _MOST, " s")
    columns = ("command", "image", "first s", "start-up s", "second s", "beyond start-up s")
    record.table("CPU seconds of whole processes, medians", columns, rows)
    record.finish()


if __name__ == "__main__":
    main()
