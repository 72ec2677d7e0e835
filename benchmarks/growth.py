"""How time and memory grow: entries of a layer, layers of an image, packages, advisories, images of an estate.

    python -m benchmarks.growth [--runs N]

Each quantity is doubled or taken tenfold while the rest stays.  The exponent is the slope of a straight line through
the points, both axes logarithmic, over their upper half: 1 is proportional, 0 does not grow.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.generated_layer import read_generated
from benchmarks.measurement import Curve, Record, command_of, cpu_seconds, options, run_process
from benchmarks.rematch import Estate
from pratique.advisories.database import SqliteDatabase
from pratique.inventory.image import fold
from pratique.matching.matcher import match
from pratique.model.digest import DiffId, Digest
from pratique.model.image import Layer
from pratique.model.inventory import ImageInventory, LayerReport
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from tests.advisory_files import database_of, fixed_in
from tests.advisory_files import record as advisory
from tests.finding_builder import digest_of

_ENTRIES = (1_000, 10_000, 100_000, 1_000_000)
_LAYERS = (8, 16, 32, 64, 127)
_PACKAGES = (250, 500, 1_000, 2_000, 4_000, 8_000)
_ADVISORIES = (5_000, 20_000, 80_000)
_IMAGES = (100, 200, 400, 800)
_PATHS = 2_000
_IN_FOLDER = 50


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the logarithms over the upper half of ``points``."""
    upper = points[len(points) // 2 - (len(points) < 4) :]  # noqa: PLR2004 - of three points, all
    xs, ys = ([math.log(point[place]) for point in upper] for place in (0, 1))
    return statistics.linear_regression(xs, ys).slope


def main() -> None:
    """Measure, print and record."""
    parser = options(__doc__)
    parser.add_argument("--read", type=int, help="read one layer of so many entries and end")
    chosen = parser.parse_args()
    if chosen.read:
        read_generated(chosen.read, 64)
        return
    record = Record("growth", command_of("benchmarks.growth"))
    _entries(record)
    runs = min(3, chosen.runs)
    with tempfile.TemporaryDirectory() as folder:
        database = _database(Path(folder), _PACKAGES[-1])
        _curve(record, "Folding an image", "layers", "CPU s", _LAYERS, lambda size: _least(_folding(size), runs))
        matching = lambda size: _least(lambda: match(_inventory(size), database), runs)  # noqa: E731
        _curve(record, "Matching an image", "packages", "CPU s", _PACKAGES, matching)
        some = _inventory(300)
        looked_up = lambda size: _looking_up(Path(folder), size, some, runs)  # noqa: E731
        _curve(record, "Matching 300 packages", "advisories", "CPU s", _ADVISORIES, looked_up)
        _curve(record, "Rematching everything", "images", "CPU s", _IMAGES, lambda size: _rematch(Path(folder), size))
    rows = [
        (one.title, one.x, one.y, ", ".join(f"{x:,.0f}: {y:.3g}" for x, y in one.points), f"{exponent(one.points):.2f}")
        for one in record.curves
    ]
    record.table("Growth", ("what", "against", "in", "measured", "exponent"), rows)
    record.finish()


def _curve(record: Record, title: str, x: str, y: str, sizes: Sequence[int], measure: Callable[[int], float]) -> None:
    print(f"measuring: {title} against {x}", flush=True)
    record.curves.append(Curve(title, x, y, [(float(size), measure(size)) for size in sizes]))


def _entries(record: Record) -> None:
    usages = {size: run_process([sys.executable, "-m", "benchmarks.growth", "--read", str(size)]) for size in _ENTRIES}
    for title, y, values in (
        ("Reading a layer", "CPU s", {size: usage.cpu for size, usage in usages.items()}),
        ("Memory of reading a layer", "peak MB", {size: usage.peak for size, usage in usages.items()}),
    ):
        record.curves.append(Curve(title, "entries", y, [(float(size), value) for size, value in values.items()]))


def _least(work: Callable[[], object], runs: int) -> float:
    return min(cpu_seconds(work) for _ in range(runs))


def _folding(layers: int) -> Callable[[], object]:
    image, reports = [], []
    for index in range(layers):
        digest = digest_of(f"layer {index}")
        image.append(Layer(Digest(digest), DiffId(digest), "application/vnd.oci.image.layer.v1.tar+gzip", 1, index, ""))
        each = "/".join(map(str, range(_IN_FOLDER)))
        reports.append(_report(digest, tuple((f"srv/{index}/{one}", each) for one in range(_PATHS // _IN_FOLDER))))
    return lambda: fold(image, reports)


def _report(digest: str, names: tuple[tuple[str, str], ...]) -> LayerReport:
    return LayerReport(
        diff_id=DiffId(digest), digest=Digest(digest), analyzer_version="v1", compressed_bytes=1, expanded_bytes=1,
        files=(), names=names, folders=(), whiteouts=(), opaques=(), links=(), matches=(), files_scanned=0,
        bytes_scanned=0, rules_revision="", reasons=(),
    )  # fmt: skip


def _inventory(packages: int) -> ImageInventory:
    place = (Location("usr/lib", DiffId(digest_of("layer"))),)
    installed = (Package(PackageType.PYPI, f"package-{number}", "1.0") for number in range(packages))
    return ImageInventory(None, tuple(InstalledPackage(one, "PyPI", place) for one in installed), (), (), ())


def _database(folder: Path, advisories: int) -> SqliteDatabase:
    records = (advisory(f"CVE-2027-{one:06}", "PyPI", f"package-{one}", fixed_in("2.0")) for one in range(advisories))
    target = folder / f"database-{advisories}"
    target.mkdir(exist_ok=True)
    return database_of(target, *records)


def _looking_up(folder: Path, advisories: int, inventory: ImageInventory, runs: int) -> float:
    database = _database(folder, advisories)
    return _least(lambda: match(inventory, database), runs)


def _rematch(folder: Path, images: int) -> float:
    place = folder / f"estate-{images}-{time.monotonic_ns()}"
    place.mkdir()
    estate = Estate(place, images, 100)
    estate.database()
    return cpu_seconds(estate.rematch)


if __name__ == "__main__":
    main()
