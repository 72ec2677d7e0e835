"""Counts of right and wrong answers, and the measures made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.accuracy.trial import Trial


@dataclass(frozen=True, slots=True)
class Score:
    """What came of the labels of one ecosystem.

    ``reported`` and ``missed`` are real flaws; ``missed_known`` those of the missed that the data know of in that
    ecosystem and release; ``wrong`` flaws that are reported and are not there, ``silent`` those that are not.
    """

    reported: int = 0
    missed: int = 0
    missed_known: int = 0
    wrong: int = 0
    silent: int = 0

    def __add__(self, other: Score) -> Score:
        """Return the sum of two ecosystems' counts."""
        return Score(
            self.reported + other.reported,
            self.missed + other.missed,
            self.missed_known + other.missed_known,
            self.wrong + other.wrong,
            self.silent + other.silent,
        )

    @property
    def precision(self) -> float | None:
        """Which share of what is reported is real; None where nothing is."""
        return _share(self.reported, self.reported + self.wrong)

    @property
    def recall(self) -> float | None:
        """Which share of the real flaws that the data know is reported; None where they know none."""
        return _share(self.reported, self.reported + self.missed_known)

    @property
    def strict_recall(self) -> float | None:
        """Which share of all real flaws is reported, whatever the data know."""
        return _share(self.reported, self.reported + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where either is."""
        return harmonic_mean(self.precision, self.recall)


def harmonic_mean(left: float | None, right: float | None) -> float | None:
    """Return the harmonic mean; None where a value is missing, 0 where both are 0."""
    if left is None or right is None:
        return None
    return 2 * left * right / (left + right) if left + right else 0.0


def scores(trials: Iterable[Trial]) -> Mapping[str, Score]:
    """Return the score of every ecosystem that labels were tried in, in order of name."""
    found: dict[str, Score] = defaultdict(Score)
    for trial in trials:
        if not trial.left_out:
            found[trial.ecosystem] += _score(trial)
    return dict(sorted(found.items()))


def _score(trial: Trial) -> Score:
    if trial.label.is_real:
        return Score(
            reported=int(trial.is_reported),
            missed=int(not trial.is_reported),
            missed_known=int(not trial.is_reported and trial.is_known),
        )
    return Score(wrong=int(trial.is_reported), silent=int(not trial.is_reported))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
