"""The committed result that later ones are held against: counts, and misses by the hash of their label."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.accuracy.score import Score, scores
from benchmarks.accuracy.trial import Trial

BASELINE = Path(__file__).with_name("baseline.json")


class Baseline(msgspec.Struct, frozen=True):
    """What the last accepted run found.

    ``labels`` is a hash of the labels that were tried; ``missed`` and ``wrong`` name the accepted misses of flaws that
    the data know, and the accepted wrong reports, each by its label's key.
    """

    labels: str
    scores: dict[str, Score]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def baseline_of(trials: Sequence[Trial]) -> Baseline:
    """Return what these trials found."""
    tried = [trial for trial in trials if not trial.left_out]
    keys = "".join(sorted(trial.label.key for trial in trials))
    return Baseline(
        labels=hashlib.sha256(keys.encode()).hexdigest()[:20],
        scores=dict(scores(trials)),
        missed=_keys(trial for trial in tried if trial.label.is_real and trial.is_known and not trial.is_reported),
        wrong=_keys(trial for trial in tried if not trial.label.is_real and trial.is_reported),
    )


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Return the committed result; raises msgspec.DecodeError for a damaged file."""
    return msgspec.json.decode(path.read_bytes(), type=Baseline)


def write_baseline(baseline: Baseline, path: Path = BASELINE) -> None:
    """Write a result as the one to hold later ones against."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")


def worse(before: Mapping[str, Score], now: Mapping[str, Score]) -> list[str]:
    """Return the ecosystems in which a measure fell, or in which fewer labels were tried, in words."""
    found = []
    for name, old in before.items():
        new = now.get(name, Score())
        for measure in ("f1", "precision", "recall", "strict_recall"):
            last, present = getattr(old, measure), getattr(new, measure)
            if last is not None and (present is None or present < last - 1e-9):
                found.append(f"{name}: {measure} was {last:.4f} and is {present}")
    return found


def _keys(trials: Iterable[Trial]) -> tuple[str, ...]:
    return tuple(sorted({trial.label.key for trial in trials}))
