"""What is deployed beside our own code: the unzipped size of the dependencies, by package.

    python -m benchmarks.dependencies

Builds the Lambda layer as `sam build` does (layers/dependencies/Makefile, which takes wheels from the package index)
and adds up its files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.measurement import Record, command_of, options

_LAYER = Path(__file__).resolve().parent.parent / "layers" / "dependencies"
_MOST, _LARGEST = 90.0, 10


def main() -> None:
    """Build, add up, print and record."""
    options(__doc__).parse_args()
    record = Record("dependencies", command_of("benchmarks.dependencies"))
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ARTIFACTS_DIR": folder, "PYTHON": sys.executable}
        command = ["make", "-s", "-C", str(_LAYER), "build-DependenciesLayer"]
        if subprocess.run(command, env=environment, check=False).returncode:
            record.skip("the layer of dependencies could not be built here")
        else:
            _tell(record, Path(folder) / "python")
    record.finish()


def _tell(record: Record, built: Path) -> None:
    sizes: Counter[str] = Counter()
    for path in built.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(built).parts[0]] += path.stat().st_size
    rows = [(name, f"{size / 1e6:.1f}") for name, size in sizes.most_common(_LARGEST)]
    rest = sizes.total() - sum(size for _, size in sizes.most_common(_LARGEST))
    rows += [(f"{len(sizes) - _LARGEST} others", f"{rest / 1e6:.1f}"), ("together", f"{sizes.total() / 1e6:.1f}")]
    record.table("Unzipped dependencies", ("folder", "MB"), rows)
    record.target("dependencies, unzipped", sizes.total() / 1e6, _MOST, " MB")


if __name__ == "__main__":
    main()
