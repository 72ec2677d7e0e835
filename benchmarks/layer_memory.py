"""Peak memory of one layer's analysis, for a layer of 100 MB and one of 2 GB that are made while they are read.

    python -m benchmarks.layer_memory [--runs N]

Each is read in a process of its own.  Files have 256 KiB; one in twenty is a package.json.
"""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.generated_layer import read_generated
from benchmarks.measurement import Record, Spread, Usage, command_of, interleaved, options, run_process

_FILE = 256 * 1024
_SIZES = {"100 MB": 400, "2 GB": 8000}
_GROWTH, _MOST = 1.2, 400.0


def _usage(entries: int) -> Usage:
    return run_process([sys.executable, "-m", "benchmarks.layer_memory", "--read", str(entries)])


def main() -> None:
    """Measure, print and record."""
    parser = options(__doc__)
    parser.add_argument("--read", type=int, help="read one layer of so many files and end")
    chosen = parser.parse_args()
    if chosen.read:
        assert read_generated(chosen.read, _FILE).entries == chosen.read
        return
    record = Record("layer_memory", command_of("benchmarks.layer_memory"))
    found = interleaved({name: partial(_usage, entries) for name, entries in _SIZES.items()}, min(3, chosen.runs))
    peaks = {name: Spread.of([one.peak for one in usages]) for name, usages in found.items()}
    rows = [
        (name, str(_SIZES[name]), f"{one.median:.0f}", f"{one.minimum:.0f}…{one.maximum:.0f}")
        for name, one in peaks.items()
    ]
    record.table("One layer in a process of its own", ("layer", "files", "peak MB", "min…max"), rows)
    small, large = (peaks[name].median for name in _SIZES)
    record.target("peak of 2 GB to that of 100 MB", large / small, _GROWTH)
    record.target("peak of 2 GB", large, _MOST, " MB")
    record.finish()


if __name__ == "__main__":
    main()
