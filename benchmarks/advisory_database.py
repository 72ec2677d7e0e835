"""The advisory database's limits on real feeds: ``python -m benchmarks.advisory_database FEEDS``.

FEEDS is a folder laid out like the public exports.  Printed are the CPU seconds of a full build and of an update
without news, the sizes, what a process that starts cold takes from nothing to its first matches (from a file, as the
command line, and from the object store, as a function), its peak memory, and the time of 500 look-ups.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pratique.adapters.folder_feed import FolderFeed
from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.services.update_advisories import UpdateAdvisories

_LOOK_UPS = 500
_ROUNDS = 15
_COLD_ROUNDS = 5
_PROCESS = """
import resource, sys, time
began = time.perf_counter()
from pathlib import Path
from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories.database import open_database
from pratique.services.canary import known_findings
from pratique.services.current_advisories import current_database
kind, place, folder = sys.argv[1:]
stored = FolderObjectStore(Path(place))
database = open_database(Path(place)) if kind == "file" else current_database(stored, Path(folder))
found = known_findings(database)
assert found
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def main() -> None:
    """Build the database of all feeds and print what it takes."""
    feeds = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        objects = FolderObjectStore(folder / "objects")
        update = UpdateAdvisories(objects, FolderFeed(feeds), _Clock(), folder / "work", mirrored=True)
        print(f"full build and storing      {_seconds(update):7.2f} s CPU")
        print(f"update without news         {_seconds(update):7.2f} s CPU")
        (stored,) = (folder / "objects").rglob("*.sqlite.zst")
        _cold("store", folder / "objects", folder)
        database = _loaded(folder)
        print(f"file, and compressed        {_megabytes(database.path):7.1f} MB, {_megabytes(stored):.1f} MB")
        _cold("file", database.path, folder)
        names = _names(database)
        for ecosystem in sorted(names, key=lambda name: -len(names[name]))[:12]:
            _look_up(database, ecosystem, names[ecosystem])


def _loaded(folder: Path) -> SqliteDatabase:
    (path,) = (folder / "loaded").glob("*.sqlite")
    return open_database(path)


def _cold(kind: str, place: Path, folder: Path) -> None:
    """Print the best of several cold starts; each begins without a loaded file."""
    measured = []
    for _ in range(_COLD_ROUNDS):
        target = folder / "loaded"
        if kind == "store":
            for path in target.glob("*.sqlite"):
                path.unlink()
        command = [sys.executable, "-c", _PROCESS, kind, str(place), str(target)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        measured.append([float(word) for word in told])
    elapsed, cpu, memory = min(measured)
    print(f"cold to first matches, {kind:5}{elapsed:7.2f} s ({cpu:.2f} s CPU), peak {memory:.0f} MB")


def _look_up(database: SqliteDatabase, ecosystem: str, names: list[str]) -> None:
    chosen = random.Random(1).sample(names, min(_LOOK_UPS, len(names)))  # noqa: S311 - the same ones every time
    keys = [(ecosystem, name) for name in chosen]
    best = min(_seconds(lambda: database.statements(keys)) for _ in range(_ROUNDS))
    count = sum(map(len, database.statements(keys).values()))
    print(f"{len(keys)} look-ups in {ecosystem:24}{best * 1000:6.1f} ms CPU, {count} statements")


def _names(database: SqliteDatabase) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, ecosystem, name, _ in database.rows():
        if kind == "package":
            found.setdefault(ecosystem, []).append(name)
    return found


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6


if __name__ == "__main__":
    main()
