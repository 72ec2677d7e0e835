"""``python -m benchmarks.accuracy``: measures, and writes docs/accuracy.md."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from benchmarks.accuracy.baseline import baseline_of, write_baseline
from benchmarks.accuracy.labels import read_labels
from benchmarks.accuracy.report import page
from benchmarks.accuracy.trial import Trial, try_labels
from benchmarks.feed_database import feed_database

_PROJECT = Path(__file__).resolve().parent.parent.parent
_SHARED = Path(os.environ.get("PRATIQUE_SHARED") or _PROJECT.parent / "shared")


def main() -> None:
    """Measure the labels of a file with the feeds of a folder."""
    options = _options()
    trials = try_labels(read_labels(options.labels), feed_database(options.feeds))
    print(page(trials))
    if options.misses:
        for trial in trials:
            _print_miss(trial)
    if options.write:
        _PROJECT.joinpath("docs", "accuracy.md").write_text(page(trials), encoding="utf-8")
        write_baseline(baseline_of(trials))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--labels", type=Path, default=_SHARED / "cases" / "matching" / "labels.jsonl")
    parser.add_argument("--feeds", type=Path, default=_SHARED / "feeds", help="a mirror's folder")
    parser.add_argument("--misses", action="store_true", help="print every miss of a known flaw and every wrong report")
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md and the baseline of the tests")
    return parser.parse_args()


def _print_miss(trial: Trial) -> None:
    label = trial.label
    if trial.left_out or trial.is_reported is label.is_real or (label.is_real and not trial.is_known):
        return
    what = "missed" if label.is_real else "wrong"
    print(f"{what:7}{trial.ecosystem:22}{label.name} {label.version}  {' '.join(label.ids)}  ({label.image[:60]})")


if __name__ == "__main__":
    main()
