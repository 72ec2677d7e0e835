"""What scans cost, from operations that are counted: first scan, push on a known base, rescan, advisory update.

    python -m benchmarks.cost [--image python-app] [--runs N]

The deployed handlers read a real image of the IMAGES folder with the starter rules and match it with advisories that
are made for its packages, 300 in all.  Tables, bucket and durable executions are in memory and count by the services'
published rules: capacity units, requests, operations.  Time is processor time of this machine, billed at the memory
that the template gives each function.  Prices are those of `pratique.services.prices`.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from msgspec.structs import replace

from benchmarks.counting_world import COLUMNS, Counted, CountingWorld, LayoutRegistry, cpu
from benchmarks.measurement import Record, command_of, layouts, options
from pratique.adapters.sources import open_source
from pratique.malware.packs import starter_pack
from pratique.malware.rules import compile_packs
from pratique.malware.scanner import RuleScanner
from pratique.model.image import ImageId
from pratique.model.package import InstalledPackage, PackageType
from pratique.model.scope import Scope, ScopeKind
from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.image_inventories import ImageInventories
from pratique.services.receive_push import ImageEvent
from pratique.services.rematch_images import RematchImages
from tests.advisory_files import database_of, fixed_in, record
from tests.fakes.world import OWN
from tests.finding_builder import digest_of

FINDINGS = 300
NEW_FINDINGS = 3
COPIES = 20
FIRST, BASE, KNOWN = "first scan", "push on a known base: one new layer", "push of known layers only"
RESCAN = f"rescan that changes nothing, each of {COPIES} images"
UPDATE = f"advisory update that adds {NEW_FINDINGS} findings, each of {COPIES} images"
_IMAGES = {FIRST: 1, BASE: 1, KNOWN: 1, RESCAN: COPIES, UPDATE: COPIES}
_MONTH_OF_RESCANS = 10
# https://aws.amazon.com/inspector/pricing/, us-east-1: an image on its push, and each time that it is scanned again.
_INSPECTOR_FIRST, _INSPECTOR_AGAIN = 0.09, 0.01


class Bench:
    """One image, its layers and packages, and worlds that have nothing but it."""

    def __init__(self, layout: Path, folder: Path) -> None:
        """Read the image once, to know its packages."""
        source, reference = open_source(str(layout))
        (self.image,) = source.images(reference)
        self._source = source
        self._folder = folder
        self._scanner = RuleScanner(compile_packs([starter_pack()]))
        self._empty = database_of(folder, record("CVE-2030-0", "PyPI", "no-such-package", fixed_in("1")))
        self.packages = self._packages()
        self.now, self.later = self._database(FINDINGS), self._database(FINDINGS + NEW_FINDINGS)

    def world(self) -> CountingWorld:
        """Return a world in which nothing has been scanned."""
        return CountingWorld(LayoutRegistry(self._source), self.now, self._scanner)

    def push(self, world: CountingWorld, number: int, layers: int | None = None) -> None:
        """Announce an image with the first ``layers`` of the layers, all where none is named."""
        name = ImageId(OWN, "team/app", digest_of(f"copy {number}"))
        assert isinstance(world.registry, LayoutRegistry)
        image = replace(self.image, digest=name.digest, layers=self.image.layers[:layers])
        world.registry.hold(name, image, f"v{number}", world.clock.now())
        world.receive.pushed(ImageEvent(name, f"v{number}", world.clock.now()))

    def _packages(self) -> Sequence[InstalledPackage]:
        world = CountingWorld(LayoutRegistry(self._source), self._empty, self._scanner)
        with world.wired():
            self.push(world, 0)
            world.work()
        inventory = ImageInventories(world.objects).get(digest_of("copy 0")).inventory
        return [one for one in inventory.packages if one.package.type is PackageType.PYPI]

    def _database(self, findings: int) -> Any:
        names = islice(cycle(sorted({one.package.name for one in self.packages})), findings)
        return database_of(self._folder, *(_flaw(number, name) for number, name in enumerate(names)))


def _flaw(number: int, name: str) -> Mapping[str, Any]:
    return record(f"CVE-2030-{1000 + number}", "PyPI", name, fixed_in("9999"))


def measure(bench: Bench) -> Iterator[tuple[str, Counted]]:
    """Yield what each kind of scan took."""
    world = bench.world()
    with world.wired():
        bench.push(world, 0)
        yield FIRST, world.count()
    world = bench.world()
    with world.wired():
        bench.push(world, 0, len(bench.image.layers) - 1)
        world.count()
        bench.push(world, 1)
        yield BASE, world.count()
        bench.push(world, 2)
        yield KNOWN, world.count()
        for number in range(3, COPIES):
            bench.push(world, number)
        world.count()
        world.clock.move(seconds=72 * 3600)
        world.start_scan(Scope(ScopeKind.ALL), trigger="request", at=world.clock.now(), seed="again")
        yield RESCAN, world.count()
        world.current = bench.later
        _rematch(world)
        yield UPDATE, world.count()


def _rematch(world: CountingWorld) -> None:
    began = cpu()
    rematch = RematchImages(
        world.stores.catalog, ImageInventories(world.objects), AdvisoryChanges(world.objects), world.assess_image()
    )
    rematch("later", after="", out_of_time=lambda: False)
    world.bill("rematch_images", cpu() - began)


def main() -> None:
    """Measure, print and keep the tables."""
    parser = options(__doc__)
    parser.add_argument("--image", default="python-app", help="which layout of the images folder")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    kept = Record("cost", command_of("benchmarks.cost"))
    for layout in layouts(kept, given.images, [given.image]):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(layout, Path(folder))
            runs = [dict(measure(bench)) for _ in range(given.runs)]
        _tell(kept, bench, layout.name, runs)
    kept.finish()


def _tell(kept: Record, bench: Bench, name: str, runs: Sequence[Mapping[str, Counted]]) -> None:
    layers = bench.image.layers
    size = sum(layer.size for layer in layers) / 1e6
    typical = {
        kind: sorted((run[kind] for run in runs), key=lambda one: one.dollars)[len(runs) // 2] for kind in _IMAGES
    }
    title = f"What one image takes: {name}, {len(layers)} layers of {size:.0f} MB compressed, {FINDINGS} findings"
    rows = [[kind, *typical[kind].cells(images)] for kind, images in _IMAGES.items()]
    kept.table(title, ["", *COLUMNS], rows)
    first, again = (median(run[kind].dollars / _IMAGES[kind] for run in runs) for kind in (FIRST, RESCAN))
    month = first + _MONTH_OF_RESCANS * again
    inspector = _INSPECTOR_FIRST + _MONTH_OF_RESCANS * _INSPECTOR_AGAIN
    rows = [
        ["first scan", f"{1000 * first:.3f}", f"{1000 * _INSPECTOR_FIRST:.2f}"],
        ["one rescan", f"{1000 * again:.4f}", f"{1000 * _INSPECTOR_AGAIN:.2f}"],
        [
            f"a month: pushed once, scanned again {_MONTH_OF_RESCANS} times",
            f"{1000 * month:.3f}",
            f"{1000 * inspector:.2f}",
        ],
    ]
    kept.table("US dollars for a thousand images", ["", "pratique", "Amazon Inspector"], rows)
    kept.target("a first scan", first, 0.003, " $")
    kept.target("a rescan that changes nothing", again, 0.0001, " $")


if __name__ == "__main__":
    main()
