"""Writes docs/accuracy.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from benchmarks.accuracy.score import Score, scores
from benchmarks.accuracy.trial import Trial
from pratique.advisories.names import base_of

_HEAD = """# Accuracy

`python -m benchmarks.accuracy --write` writes this page. It matches the packages that people labelled in public images
with the advisories of a frozen mirror, and counts how often the answer is the people's. Neither the labels nor the
mirror are part of the project.

* A label says of one flaw in one package of one image whether it is really there. {labels} labels, {images} images.
* **reported**: real flaws that are found. **missed**: real ones that are not. Of those, the data name the flaw in this
  ecosystem and release (**known**) or do not (**not in the data**): no matching finds what the data do not hold.
* **wrong**: flaws that are reported although the label says that they are not there. **silent**: those that are not.
* Precision is reported / (reported + wrong); recall is reported / (reported + missed and known); F1 is their harmonic
  mean. Strict recall counts every missed flaw, so it is a measure of the mirror more than of matching.
* No image comes with the labels. What a scan reads from the image is worked out from them: the distribution's release,
  the source package, whether a system package holds a language package. A label without a package type is tried in
  every language that has a package of this name, so its wrong reports are often of a namesake.

"""
_CLASSES = """
## What is missed although the data know it, and what is wrong

`--misses` prints them one by one; these are their classes.

* Missed: the data name the flaw in another package only (`su` of shadow and of util-linux, the parts of netty), or
  bound it otherwise than the label (gems that their own project calls patched; npm entries about one version).
* Wrong: a package that was built from the affected source without the faulty part (BusyBox's `ssl_client`); Go modules
  whose faulty package no other module can import; Python packages that an rpm of the image holds but no label names,
  which a scan drops because it knows who owns the files; folders that only look like an npm package.

"""
_COLUMNS = (
    "ecosystem", "reported", "missed, known", "missed, not in the data", "wrong", "silent",
    "precision", "recall", "F1", "strict recall",
)  # fmt: skip


def page(trials: Sequence[Trial]) -> str:
    """Return the whole page."""
    images = len({trial.label.image for trial in trials})
    parts = [
        _HEAD.format(labels=f"{len(trials):,}", images=images),
        *_table(scores(trials)),
        _CLASSES,
        *_left_out(trials),
    ]
    return "".join(parts)


def _table(found: Mapping[str, Score]) -> Iterator[str]:
    yield _line(_COLUMNS)
    yield _line(["---", *("--:" for _ in _COLUMNS[1:])])
    for base, group in groupby(found.items(), key=lambda item: base_of(item[0])):
        releases = dict(group)
        for name, score in releases.items():
            yield _row(name, score)
        if len(releases) > 1:
            yield _row(f"*{base}*", sum(releases.values(), Score()))
    yield _row("**all**", sum(found.values(), Score()))


def _row(name: str, score: Score) -> str:
    unknown = score.missed - score.missed_known
    counts = (score.reported, score.missed_known, unknown, score.wrong, score.silent)
    measures = (score.precision, score.recall, score.f1, score.strict_recall)
    return _line([name, *(f"{count:,}" for count in counts), *(_measure(value) for value in measures)])


def _left_out(trials: Iterable[Trial]) -> Iterator[str]:
    counts = Counter((trial.left_out, trial.label.is_real) for trial in trials if trial.left_out)
    reasons = sorted({reason for reason, _ in counts}, key=lambda reason: (-counts[reason, True], reason))
    yield "## Labels that are left out\n\n"
    yield _line(["why", "real", "not real"])
    yield _line(["---", "--:", "--:"])
    for reason in reasons:
        yield _line([reason, f"{counts[reason, True]:,}", f"{counts[reason, False]:,}"])


def _measure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
