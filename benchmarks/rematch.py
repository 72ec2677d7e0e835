"""Matching stored images again after new advisories: an update of 100 package keys, and everything.

    python -m benchmarks.rematch [--images-stored 10000] [--packages 300]

Images are invented: 40 bases of 200 packages, and packages of their own drawn from 50,000; one package in ten has a
flaw.  The real use cases run on stores in memory; what a network would add is not in it.  Databases are built and
compared by the real update.  The last update is followed in two shares, as the functions follow one in several, each in
a forked process.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

import msgspec

from benchmarks.measurement import Record, command_of, options
from pratique.adapters.folder_feed import FolderFeed
from pratique.advisories.database import SqliteDatabase
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.services.advisory_changes import WHOLE, AdvisoryChanges, Share
from pratique.services.current_advisories import current_database
from pratique.services.image_inventories import ImageInventories
from pratique.services.rematch_images import Rematched, RematchImages
from pratique.services.update_advisories import UpdateAdvisories
from tests.advisory_files import fixed_in, write_zip
from tests.advisory_files import record as advisory
from tests.fakes.world import World
from tests.finding_builder import digest_of, resolved

_BASES, _OF_BASE, _OWN_NAMES = 40, 200, 50_000
_CHANGED, _SHARES = 100, 2
_SECONDS, _A_SECOND = 60.0, 150.0


class Estate:
    """Stored images and the advisories that they are matched with."""

    def __init__(self, folder: Path, images: int, packages: int) -> None:
        """Store ``images`` images of ``packages`` packages each, matched once."""
        self._folder = folder
        self._random = random.Random(1)  # noqa: S311 - the same estate every time
        self.world = World(self.database)
        self._number = 0
        self._database: SqliteDatabase | None = None
        bases = [[f"base-{base}-{number}" for number in range(_OF_BASE)] for base in range(_BASES)]
        self.names = [name for base in bases for name in base] + [f"own-{number}" for number in range(_OWN_NAMES)]
        self.flawed = dict.fromkeys(self._random.sample(self.names, len(self.names) // 10), "2.0")
        self.publish()
        for number in range(images):
            own = self._random.sample(range(_OWN_NAMES), max(0, packages - _OF_BASE))
            self._store(number, [*bases[number % _BASES], *(f"own-{each}" for each in own)][:packages])

    def database(self) -> SqliteDatabase:
        """Return the current advisories."""
        if self._database is None:
            self._database = current_database(self.world.objects, self._folder / "cache")
        return self._database

    def publish(self) -> None:
        """Make a revision of what is flawed now."""
        records = [
            advisory(f"CVE-2027-{number:05}", "PyPI", name, fixed_in(fixed))
            for number, (name, fixed) in enumerate(sorted(self.flawed.items()))
        ]
        write_zip(self._folder / "feeds" / "osv" / "PyPI" / "all.zip", records)
        feed = FolderFeed(self._folder / "feeds")
        outcome = UpdateAdvisories(self.world.objects, feed, self.world.clock, self._folder / "work", mirrored=True)()
        assert outcome.promoted
        self._database = None

    def change(self, keys: int) -> None:
        """Say something else about so many packages that had a flaw, and publish it."""
        self._number += 1
        for name in self._random.sample(sorted(self.flawed), keys):
            self.flawed[name] = f"2.{self._number}"
        self.publish()

    def rematch(self, share: Share = WHOLE) -> Rematched:
        """Match again what of ``share`` the current revision concerns."""
        rematch = RematchImages(
            self.world.stores.catalog,
            ImageInventories(self.world.objects),
            AdvisoryChanges(self.world.objects),
            self.world.assess_image(),
        )
        return rematch(self.database().revision.revision, after="", out_of_time=lambda: False, share=share)

    def _store(self, number: int, names: list[str]) -> None:
        image = ImageId("111122223333.eu-west-1", f"team-{number % 500}/app", digest_of(f"image {number}"))
        whole = resolved(image, 10)
        place = (Location("usr/lib/python3/site-packages", whole.layers[0].diff_id),)
        installed = tuple(InstalledPackage(Package(PackageType.PYPI, name, "1.0"), "PyPI", place) for name in names)
        inventory = ImageInventory(None, installed, (), (), ())
        analyzed = AnalyzedImage(inventory, 10, 10, 10_000, 100, 1_000_000, "r1")
        self.world.objects.put(f"images/{image.digest}.json", msgspec.json.encode(whole))
        ImageInventories(self.world.objects).put(image.digest, analyzed)
        self.world.assess_image().again(image, analyzed)


class Following(msgspec.Struct, frozen=True):
    """What following one revision took; of several shares at once, ``cpu`` is their sum and ``wall`` that of all."""

    images: int
    untouched: int
    failed: int
    cpu: float
    wall: float
    objects_read: int
    layers_read: int


def _follow(estate: Estate, share: Share = WHOLE) -> Following:
    estate.database()
    gets, wall, cpu = estate.world.objects.gets, time.perf_counter(), time.process_time()
    outcome = estate.rematch(share)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    gets = estate.world.objects.gets - gets
    opened = sum(estate.world.registry.opened.values())
    return Following(outcome.images, outcome.untouched, outcome.failed, cpu, wall, gets, opened)


def _follow_in_shares(estate: Estate) -> Following:
    estate.database()
    began = time.perf_counter()
    answers = [_forked(estate, Share(number, _SHARES, "shares")) for number in range(_SHARES)]
    parts = [msgspec.json.decode(answer.read(), type=Following) for answer in answers]
    wall = time.perf_counter() - began
    return Following(
        images=sum(part.images for part in parts),
        untouched=sum(part.untouched for part in parts),
        failed=sum(part.failed for part in parts),
        cpu=sum(part.cpu for part in parts),
        wall=wall,
        objects_read=sum(part.objects_read for part in parts),
        layers_read=sum(part.layers_read for part in parts),
    )


def _forked(estate: Estate, share: Share) -> BinaryIO:
    told, answer = os.pipe()
    if not os.fork():
        os.close(told)
        os.write(answer, msgspec.json.encode(_follow(estate, share)))
        os._exit(0)
    os.close(answer)
    return os.fdopen(told, "rb")


def main() -> None:
    """Measure, print and record."""
    parser = options(__doc__)
    parser.add_argument("--images-stored", type=int, default=10_000)
    parser.add_argument("--packages", type=int, default=300)
    chosen = parser.parse_args()
    record = Record("rematch", command_of("benchmarks.rematch"))
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        estate = Estate(Path(folder), chosen.images_stored, chosen.packages)
        print(f"{chosen.images_stored} images stored in {time.process_time() - began:.0f} s", flush=True)
        everything = _follow(estate)
        estate.change(10)
        few = _follow(estate)
        estate.change(_CHANGED)
        many = _follow_in_shares(estate)
    found = {"everything": everything, "10 keys": few, f"{_CHANGED} keys, {_SHARES} shares at once": many}
    rows = [_row(name, following) for name, following in found.items()]
    assert not any(following.failed for following in found.values())
    columns = ("change", "matched", "left alone", "CPU s", "wall s", "matched a CPU s", "objects read", "layers read")
    record.table(f"Rematch of {chosen.images_stored} images of {chosen.packages} packages", columns, rows)
    record.target(f"update of {_CHANGED} keys on {_SHARES} cores, wall", many.wall, _SECONDS, " s")
    record.target("full rematch, images a second a core", everything.images / everything.cpu, _A_SECOND, least=True)
    record.finish()


def _row(name: str, took: Following) -> tuple[str, ...]:
    return (
        name, str(took.images), str(took.untouched), f"{took.cpu:.1f}", f"{took.wall:.1f}",
        f"{took.images / took.cpu:.0f}", str(took.objects_read), str(took.layers_read),
    )  # fmt: skip


if __name__ == "__main__":
    main()
