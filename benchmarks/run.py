"""Run every benchmark of the pages on performance and cost, one after the other, each in a process of its own.

    python -m benchmarks.run [NAME…]

IMAGES (a folder of OCI layouts), PEERS (a folder with syft and trivy), PACKS (a file that names rule packs) and RUNS
stand in the environment; what needs a folder that is not named is skipped and says so.  `benchmarks.write_pages` makes
the pages of the results.
"""

from __future__ import annotations

import subprocess
import sys
import time

BENCHMARKS = (
    "inventory", "floor", "layer_memory", "second_scan", "rematch", "malware", "cold_start", "dependencies", "growth",
    "cost",
)  # fmt: skip
"""Their modules, in the order of the pages; each can be run alone."""


def main() -> int:
    """Run those that are named, or all; return 1 where one of them failed."""
    failed = []
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"== python -m benchmarks.{name}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
        print(f"== {time.monotonic() - began:.0f} s\n", flush=True)
    if failed:
        print(f"these benchmarks failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
