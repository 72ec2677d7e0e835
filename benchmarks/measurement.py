"""The form of every benchmark: interleaved runs, their spread, the machine and versions, tables and one JSON file.

A benchmark is a module with a `main` that takes `options` of it, measures, and hands tables and targets to a `Record`:
printed for people, and written to ``.pratique/bench/<name>.json``, which `benchmarks.write_pages` makes the pages
of.  Nothing here asserts: a missed target is told.  What a benchmark needs and the machine lacks is skipped, with the
reason in both.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

_PROJECT = Path(__file__).resolve().parent.parent
_COMPILED = ("layers/core/python", "functions")
_FOLDER_OPTIONS = frozenset({"--images", "--peers", "--pack", "--packs"})
RESULTS = _PROJECT / ".pratique" / "bench"
"""Where the JSON files are written; the folder may be deleted at any time."""

_VERSIONS = ("isal", "zstandard", "msgspec", "yara-python", "boto3", "pydantic", "click", "rich")
_MEGABYTE = 1024 * 1024

# What the kernel tells of a process's peak begins with what the one that started it held: so a small one starts it.
_LAUNCHER = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_CLOSE, int(sys.argv[1]))])
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
told = f"{status} {wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}"
os.write(int(sys.argv[1]), told.encode())
"""

Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process took: wall and processor seconds (user and system, its children's too), peak megabytes.

    The peak is that of the largest single process, as the kernel reports it.
    """

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of several runs, and how many there were."""

    minimum: float
    median: float
    maximum: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of ``values``, which are not empty."""
        return cls(min(values), statistics.median(values), max(values), len(values))


@dataclass(frozen=True, slots=True)
class Target:
    """One promise: ``value`` must not be over ``limit``, or not under it where ``least`` says so."""

    what: str
    value: float
    limit: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether the promise holds."""
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of one table; numbers are cells as they are to be read."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Curve:
    """What grows with what: points as pairs, for a plot with both axes logarithmic."""

    title: str
    x: str
    y: str
    points: Sequence[tuple[float, float]]


@dataclass
class Record:
    """What one benchmark has to tell."""

    name: str
    command: str
    tables: list[Table] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Compile the project, as installing it would: else each start of it compiles whatever has changed."""
        for folder in _COMPILED:
            compileall.compile_dir(_PROJECT / folder, quiet=2)

    def skip(self, reason: str) -> None:
        """Say what was not measured and why."""
        self.skipped.append(reason)
        print(f"skipped: {reason}", flush=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Keep a table and print it."""
        self.tables.append(Table(title, tuple(columns), tuple(map(tuple, rows))))
        print_table(self.tables[-1])

    def target(self, what: str, value: float, limit: float, unit: str = "", *, least: bool = False) -> None:
        """Keep a promise and what came of it, and print both."""
        target = Target(what, value, limit, unit, least)
        self.targets.append(target)
        print(f"{'met   ' if target.met else 'MISSED'} {what}: {value:.3g}{unit}, {_bound(target)}", flush=True)

    def finish(self) -> None:
        """Write everything to ``.pratique/bench/<name>.json``."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        document = asdict(self) | {"made": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
        (RESULTS / f"{self.name}.json").write_text(json.dumps(document, indent=1) + "\n")


def _bound(target: Target) -> str:
    return f"{'at least' if target.least else 'at most'} {target.limit:g}{target.unit}"


def print_table(table: Table) -> None:
    """Print a table in columns."""
    widths = [max(len(row[place]) for row in (table.columns, *table.rows)) for place in range(len(table.columns))]
    print(f"\n{table.title}\n")
    for row in (table.columns, *table.rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join([row[0].ljust(len(first)), *others]))
    print(flush=True)


def options(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of what every benchmark takes; each option can stand in the environment too.

    ``--runs`` (RUNS), ``--images`` (IMAGES, a folder of OCI layouts), ``--peers`` (PEERS, a folder of executables).
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    runs = int(os.environ.get("RUNS") or 5)
    parser.add_argument("--runs", type=int, default=runs, help="how often each thing is measured (RUNS)")
    parser.add_argument("--images", type=_folder, default=_named("IMAGES"), help="folder of OCI layouts (IMAGES)")
    parser.add_argument("--peers", type=_folder, default=_named("PEERS"), help="folder with syft and trivy (PEERS)")
    return parser


def _named(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return _folder(value) if value else None


def _folder(text: str) -> Path:
    return Path(text).resolve()


def layouts(record: Record, folder: Path | None, names: Sequence[str]) -> list[Path]:
    """Return the OCI layouts ``names`` of ``folder``; those that are not there are skipped."""
    if folder is None:
        record.skip(f"no folder of images is given (IMAGES): {', '.join(names)}")
        return []
    for name in names:
        if not (folder / name / "oci-layout").is_file():
            record.skip(f"{name}: the images folder has no such OCI layout")
    return [folder / name for name in names if (folder / name / "oci-layout").is_file()]


def run_process(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end and return what it took; raises RuntimeError where it fails."""
    told, tell = os.pipe()
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(tell), *command]
    with os.fdopen(told, "rb") as pipe:
        process = subprocess.Popen(launcher, env={**os.environ, **(environment or {})}, pass_fds=[tell])
        os.close(tell)
        words = pipe.read().split()
        process.wait()
    if len(words) != 4 or int(words[0]):  # noqa: PLR2004 - the launcher's four numbers
        status = os.waitstatus_to_exitcode(int(words[0])) if words else "no answer"
        raise RuntimeError(f"{command[0]} ended with status {status}: {' '.join(command)}")
    wall, cpu, peak = map(float, words[1:])
    return Usage(wall, cpu, peak / 1024)


def interleaved(measures: Mapping[str, Callable[[], Measured]], runs: int) -> dict[str, list[Measured]]:
    """Return ``runs`` results of each measure, taken in turns: a busy minute of the machine falls on all of them."""
    found: dict[str, list[Measured]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of this process that ``work`` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def machine() -> dict[str, str]:
    """Return what the numbers were made on: system, processor, memory, versions, and the commit of the project."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MEGABYTE / 1024
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "versions": ", ".join(f"{name} {version(name)}" for name in _VERSIONS),
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def command_of(module: str) -> str:
    """Return the command that a benchmark was started with, folders left out: they are this machine's own."""
    words = [word for word in sys.argv[1:] if "/" not in word and word not in _FOLDER_OPTIONS]
    return " ".join(["python -m", module, *words])
