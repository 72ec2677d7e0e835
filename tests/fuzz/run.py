"""Fuzz one target or all of them, guided by coverage: ``python -m tests.fuzz.run [TARGET ...] --seconds 60``.

Each target runs in a process of its own, because the fuzzer ends the process where it finds something.  What it has
learned stays in ``.pratique/fuzz`` for the next run; an input that does harm is put into ``tests/fuzz/found``, where
the ordinary tests read it ever after.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS, target_named

_PROJECT = Path(__file__).parents[2]
_CORPUS = _PROJECT / ".pratique" / "fuzz"
_FOUND = Path(__file__).parent / "found"
_INPUT_SECONDS = 10
_MEMORY_MB = 1024
_LONGEST_INPUT = 16 << 10


def main() -> int:
    """Run, print a line a target, and return 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="which; all where none is named")
    parser.add_argument("--seconds", type=int, default=60, help="how long each of them runs")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.targets or [target.name for target in TARGETS]
    if options.inside:
        return _fuzz(names[0], options.seconds)
    return max([_in_process(name, options.seconds) for name in names])


def _in_process(name: str, seconds: int) -> int:
    command = [sys.executable, "-m", "tests.fuzz.run", name, "--seconds", str(seconds), "--inside"]
    before = _children_seconds()
    done = subprocess.run(command, cwd=_PROJECT, stderr=subprocess.PIPE, text=True, check=False)
    used = _children_seconds() - before
    lines = done.stderr.splitlines()
    runs = next((line for line in reversed(lines) if line.startswith("stat::number_of_executed_units")), "")
    count = runs.rpartition(" ")[2] or "an unknown number of"
    found = "SOMETHING FOUND" if done.returncode else "nothing found"
    print(f"{name}: {count} inputs, {used:.0f} s of processor time, {found}", flush=True)
    if done.returncode:
        print("\n".join(lines[-40:]), flush=True)
    return 1 if done.returncode else 0


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _fuzz(name: str, seconds: int) -> int:
    import atheris

    target = target_named(name)
    corpus, found = _CORPUS / name, _FOUND / name
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.instrument_all()
    options = {
        "max_total_time": seconds,
        "timeout": _INPUT_SECONDS,
        "rss_limit_mb": _MEMORY_MB,
        "max_len": _LONGEST_INPUT,
        "artifact_prefix": f"{found}/",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    atheris.Setup([sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)], target)
    try:
        atheris.Fuzz()
    finally:
        if not any(found.iterdir()):
            found.rmdir()
    return 0


if __name__ == "__main__":
    sys.exit(main())
