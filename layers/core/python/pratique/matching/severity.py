"""Chooses the severity that is shown among all sources' ratings, and says whose it is."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from pratique.advisories.names import base_of
from pratique.model.advisory import Exploitation
from pratique.model.severity import Rating, Severity

EXPLOITED_SOURCE = "cisa-kev"
"""Named as the source where a flaw is shown as high only because it is known to be exploited."""

_VENDORS = {
    "Debian": "debian",
    "Ubuntu": "ubuntu",
    "Alpine": "alpine",
    "Wolfi": "chainguard",
    "Chainguard": "chainguard",
    "Red Hat": "redhat",
    "AlmaLinux": "almalinux",
    "Rocky Linux": "rocky",
    "SUSE": "suse",
    "openSUSE": "opensuse",
    "Azure Linux": "azurelinux",
    "Amazon Linux": "amazon",
    "PyPI": "pypa",
    "Go": "go",
    "crates.io": "rustsec",
    "Hackage": "haskell",
}
_THEN = ("github", "nvd")
_WORST_FIRST = tuple(Severity)


class Chosen(Struct, frozen=True):
    """The severity shown, whose it is (empty where nobody rated) and the base score that goes with it, if any."""

    severity: Severity
    source: str
    score: float | None


def choose_severity(ratings: Iterable[Rating], ecosystems: Iterable[str], exploitation: Exploitation) -> Chosen:
    """Choose among all ratings of a flaw in packages of these ecosystems.

    The vendors of the packages come first, because they know how they built them; then GitHub's reviewed
    advisories, then the National Vulnerability Database, then any other; within one source the worst.  A flaw that
    is known to be exploited is never shown below high.
    """
    known = [rating for rating in ratings if rating.severity is not Severity.UNKNOWN]
    order = [_VENDORS[base] for base in sorted({base_of(name) for name in ecosystems}) if base in _VENDORS]
    best = min(known, key=lambda rating: _rank(rating, (*order, *_THEN)), default=None)
    score = best.score if best else None
    if score is None:
        score = _score(known)
    severity, source = (best.severity, best.source) if best else (Severity.UNKNOWN, "")
    if exploitation.known_exploited and severity not in (Severity.CRITICAL, Severity.HIGH):
        return Chosen(Severity.HIGH, EXPLOITED_SOURCE, score)
    return Chosen(severity, source, score)


def _rank(rating: Rating, order: tuple[str, ...]) -> tuple[int, int, float]:
    place = order.index(rating.source) if rating.source in order else len(order)
    return place, _WORST_FIRST.index(rating.severity), -(rating.score or 0.0)


def _score(ratings: list[Rating]) -> float | None:
    scores = [rating.score for rating in sorted(ratings, key=lambda rating: rating.source != "nvd") if rating.score]
    return scores[0] if scores else None
