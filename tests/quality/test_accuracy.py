"""What people labelled in public images: no new miss, no new wrong report, and no measure lower than it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.accuracy.baseline import Baseline, baseline_of, read_baseline, worse
from benchmarks.accuracy.labels import read_labels
from benchmarks.accuracy.report import page
from benchmarks.accuracy.score import Score
from benchmarks.accuracy.trial import Trial, try_labels
from pratique.advisories.database import SqliteDatabase
from tests.shared_data import shared

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"


@pytest.fixture(scope="module")
def trials(feed_advisories: SqliteDatabase) -> Sequence[Trial]:
    return try_labels(read_labels(shared("cases", "matching", "labels.jsonl")), feed_advisories)


@pytest.fixture(scope="module")
def accepted(trials: Sequence[Trial]) -> Baseline:
    """The committed result, where it is about the labels that are here."""
    baseline = read_baseline()
    if baseline.labels != baseline_of(trials).labels:
        pytest.skip("the labels are not those of the baseline: run python -m benchmarks.accuracy --write")
    return baseline


def _told(trials: Sequence[Trial], keys: set[str]) -> list[str]:
    return [f"{one.ecosystem}: {one.label}" for one in trials if one.label.key in keys]


def test_no_flaw_that_the_data_know_is_newly_missed(trials: Sequence[Trial], accepted: Baseline) -> None:
    assert _told(trials, set(baseline_of(trials).missed) - set(accepted.missed)) == []


def test_nothing_is_newly_reported_that_is_not_there(trials: Sequence[Trial], accepted: Baseline) -> None:
    assert _told(trials, set(baseline_of(trials).wrong) - set(accepted.wrong)) == []


def test_no_measure_is_lower_than_it_was(trials: Sequence[Trial], accepted: Baseline) -> None:
    assert worse(accepted.scores, baseline_of(trials).scores) == []


def test_page_in_the_docs_is_what_was_measured(trials: Sequence[Trial], accepted: Baseline) -> None:
    assert accepted.scores
    assert _PAGE.read_text(encoding="utf-8") == page(trials)


def test_a_lower_measure_is_told() -> None:
    before = {"npm": Score(reported=9, missed=1, missed_known=1, wrong=1)}
    assert worse(before, before) == []
    assert len(worse(before, {"npm": Score(reported=8, missed=2, missed_known=2, wrong=1)})) == 4
    assert len(worse(before, {})) == 4
