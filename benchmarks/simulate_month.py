"""A month in the life of an estate, on a clock of its own: pushes, deletions, advisory revisions, periodic scans.

    python -m benchmarks.simulate_month [--images 1000] [--days 30] [--seed 1]

The deployed handlers run in memory, one after the other; the ledger says day by day what ran and what came of it.  At
the end everything is counted again and compared.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pratique.adapters.folder_feed import FolderFeed
from pratique.advisories.database import SqliteDatabase
from pratique.model.image import ImageId
from pratique.model.settings import Cycle, Settings, Window
from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.contributions import contribution_of
from pratique.services.current_advisories import current_database
from pratique.services.image_inventories import ImageInventories
from pratique.services.rematch_images import RematchImages
from pratique.services.sweep_reports import SweepReports
from pratique.services.update_advisories import UpdateAdvisories
from tests.advisory_files import fixed_in, record, write_zip
from tests.fakes.clock import FakeClock
from tests.fakes.world import OWN, World
from tests.finding_builder import digest_of

_PACKAGES = 40
_BASES = 12
_SITE = "usr/lib/python3/site-packages"
_TICKS_A_DAY = 96
_COLUMNS = (
    "day", "images", "pushes", "deletions", "unannounced",
    "rescans", "scans", "layers", "rematched", "events", "swept",
)  # fmt: skip
_FIRST_DAY = datetime(2027, 3, 1, tzinfo=UTC)


@dataclass
class Ledger:
    """What a month did: a row a day, and the sums."""

    rows: list[Mapping[str, int]] = field(default_factory=list)
    sums: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)

    def add(self, row: Mapping[str, int]) -> None:
        """Add a day."""
        self.rows.append(row)
        self.sums.update({name: value for name, value in row.items() if name not in {"day", "images", "open"}})


class Month:
    """One simulated estate; three revisions of the advisories come at a third, at half and near the end."""

    def __init__(self, folder: Path, *, images: int, days: int, seed: int) -> None:
        """Begin with ``images`` images; keep databases and feeds in ``folder``."""
        self._random = random.Random(seed)  # noqa: S311 - the same seed is the same month
        self._folder = folder
        self._days = days
        self._number = 0
        self._database: SqliteDatabase | None = None
        self.world = World(self._current, clock=FakeClock(_FIRST_DAY))
        self.live: list[ImageId] = []
        self.ledger = Ledger()
        self._wanted = images
        self._revisions = {max(1, days // 3): 1, max(2, days // 2): 2, max(3, days - 4): 3}
        self._publish(0)
        settings = Settings(Cycle.THREE_DAYS, Window.NIGHT, "Europe/Berlin")
        self.world.stores.settings.put(settings, expected_version=0, by="simulation", now=self.world.clock.now())

    def run(self) -> Ledger:
        """Live through the days and return the ledger."""
        with self.world.wired():
            for day in range(self._days):
                self._day(day)
            self._day(self._days, quiet=True)  # what the last day's events did not tell is found on the next one
        self._recount()
        return self.ledger

    def _day(self, day: int, *, quiet: bool = False) -> None:
        before = Counter(self.world.calls)
        layers, events = sum(self.world.registry.opened.values()), len(self.world.bus.events)
        done: Counter[str] = Counter(day=day)
        for tick in range(_TICKS_A_DAY):
            if not quiet:
                self._happen(day, tick, done)
            started = self.world.tick()
            if started:
                self.ledger.starts.append(self.world.clock.now())
                done["rescans"] += 1
            self.world.work()
            self.world.clock.moment = _FIRST_DAY + timedelta(days=day, minutes=15 * (tick + 1))
        self.world.deliver()
        sweep = SweepReports(self.world.objects, self.world.stores.catalog, self.world.stores.layers, self.world.clock)
        done["swept"] = sweep().layers
        done["scans"] = self.world.calls["scan_image"] - before["scan_image"]
        done["layers"] = sum(self.world.registry.opened.values()) - layers
        done["events"] = len(self.world.bus.events) - events
        done["images"] = len(self.live)
        self.ledger.add(done)

    def _happen(self, day: int, tick: int, done: Counter[str]) -> None:
        """Push the first images on the first day, then 2 in 100 a day; delete 1 in 100; lose 1 event in 20."""
        pushes = self._wanted // _TICKS_A_DAY + (tick < self._wanted % _TICKS_A_DAY) if day == 0 else 0
        rate = len(self.live) / _TICKS_A_DAY / 100
        pushes += self._random.random() < 2 * rate if day else 0
        for _ in range(pushes):
            announced = self._random.choices((0, 1, 2), (1, 18, 1))[0]
            done["pushes"] += 1
            done["unannounced"] += announced == 0
            self._push(announced)
        if day and self.live and self._random.random() < rate:
            image = self.live.pop(self._random.randrange(len(self.live)))
            announced = self._random.random() < 0.95  # noqa: PLR2004 - 1 in 20
            done["deletions"] += 1
            done["unannounced"] += not announced
            self.world.delete(image, announced=announced)
        if tick == _TICKS_A_DAY // 2 and day in self._revisions:
            done["rematched"] += self._revise(self._revisions[day])

    def _push(self, announced: int) -> None:
        self._number += 1
        image = ImageId(OWN, f"team/app-{self._number % 50}", digest_of(f"image {self._number}"))
        base = self._number % _BASES
        layers = [
            {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", **_package(base)},
            _package(_BASES + base),
            {**_package(self._random.randrange(_PACKAGES)), f"app/{self._number}": b"own"},
        ]
        self.world.push(image, layers, f"v{self._number}", announced=announced)
        self.live.append(image)

    def _current(self) -> SqliteDatabase:
        if self._database is None:
            self._database = current_database(self.world.objects, self._folder / "cache")
        return self._database

    def _publish(self, number: int) -> None:
        """Make revision ``number``: each says that packages beyond the last one's have a flaw."""
        names = range(4 + 4 * number)
        flawed = [record(f"CVE-2027-{index:04}", "PyPI", f"lib{index}", fixed_in("2.0")) for index in names]
        write_zip(self._folder / "feeds" / "osv" / "PyPI" / "all.zip", flawed)
        feed = FolderFeed(self._folder / "feeds")
        update = UpdateAdvisories(self.world.objects, feed, self.world.clock, self._folder / "work", mirrored=True)
        if not update().promoted:
            self.ledger.problems.append(f"revision {number} was not promoted")
        self._database = None

    def _revise(self, number: int) -> int:
        self._publish(number)
        rematch = RematchImages(
            self.world.stores.catalog,
            ImageInventories(self.world.objects),
            AdvisoryChanges(self.world.objects),
            self.world.assess_image(),
        )
        return rematch(self._current().revision.revision, after="", out_of_time=lambda: False).images

    def _recount(self) -> None:
        """Compare what is stored with the registry, and the counts with the findings."""
        stores, problems = self.world.stores, self.ledger.problems
        known = set(stores.catalog.images("ALL"))
        newest = set(self.live)
        problems += [f"unknown: {image}" for image in newest - known]
        problems += [f"left over: {image}" for image in known - newest]
        for image in sorted(known, key=str):
            stored = stores.findings.image(image)
            if stored is None or stored.status is None:
                problems.append(f"never scanned: {image}")
                continue
            findings, samples = stores.findings.findings(image)
            present = contribution_of(
                [*findings, *samples], retired=False, status=stored.status, last_scan=stored.last_scan
            )
            held = stores.counts.counted([image]).get(image)
            if held is None or held.contribution != present:
                problems.append(f"miscounted: {image}")
        ids = Counter(event.id for event in self.world.bus.events)
        problems += [f"announced twice: {one}" for one, count in ids.items() if count > 1]
        reads = self.world.registry.opened
        self.ledger.sums["layers read twice"] = sum(count > 1 for count in reads.values())


def _package(number: int) -> dict[str, bytes]:
    name = f"lib{number}"
    body = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\n".encode()
    return {f"{_SITE}/{name}-1.0.dist-info/METADATA": body}


def print_ledger(ledger: Ledger, seconds: float) -> None:
    """Print a row a day, when periodic scans began, and the sums."""
    print(" ".join(f"{name:>11}" for name in _COLUMNS))
    for row in ledger.rows:
        print(" ".join(f"{row.get(name, 0):>11}" for name in _COLUMNS))
    print("periodic scans began:", ", ".join(f"{start:%d %b %H:%M}" for start in ledger.starts))
    print("sums:", ", ".join(f"{name} {value}" for name, value in sorted(ledger.sums.items())))
    print("problems:", "; ".join(ledger.problems) or "none", f"({seconds:.0f} s)")


def main(arguments: list[str]) -> int:
    """Run a month and print its ledger; return 1 where the recount found a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Month(Path(folder), images=options.images, days=options.days, seed=options.seed).run()
    print_ledger(ledger, time.monotonic() - started)
    return 1 if ledger.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
