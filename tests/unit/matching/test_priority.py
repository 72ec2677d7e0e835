from __future__ import annotations

from itertools import product

import pytest

from pratique.matching.priority import priority_of
from pratique.model.advisory import Exploitation, FixState
from pratique.model.severity import Priority, Severity

_FIXED, _NONE, _UNKNOWN = FixState.FIXED, FixState.NOT_FIXED, FixState.UNKNOWN


@pytest.mark.parametrize(
    ("severity", "score", "epss", "fix", "expected"),
    [
        ("critical", 9.8, 0.02, _FIXED, "high"),
        ("critical", 9.8, 0.001, _FIXED, "high"),
        ("critical", 9.8, 0.001, _NONE, "medium"),
        ("critical", 9.8, 0.05, _NONE, "high"),
        ("high", 8.0, 0.05, _FIXED, "high"),
        ("high", 8.0, 0.001, _FIXED, "medium"),
        ("high", 8.0, 0.05, _NONE, "medium"),
        ("high", 9.1, 0.001, _FIXED, "high"),
        ("medium", 5.0, 0.3, _UNKNOWN, "high"),
        ("medium", 5.0, 0.001, _FIXED, "medium"),
        ("medium", 5.0, 0.001, _NONE, "low"),
        ("medium", 5.0, 0.02, _NONE, "medium"),
        ("low", 3.0, 0.001, _FIXED, "low"),
        ("low", 3.0, 0.3, _FIXED, "medium"),
        ("negligible", None, None, _NONE, "low"),
        ("unknown", None, None, _NONE, "medium"),
        ("unknown", None, 0.5, _NONE, "high"),
    ],
)
def test_priority_follows_the_table(
    severity: str, score: float | None, epss: float | None, fix: FixState, expected: str
) -> None:
    found = priority_of(Severity(severity), score=score, exploitation=Exploitation(epss=epss), fix_state=fix)
    assert found is Priority(expected)


@pytest.mark.parametrize("severity", list(Severity))
def test_known_exploited_flaw_is_always_high(severity: Severity) -> None:
    exploited = Exploitation(kev_added="2024-01-01")
    assert priority_of(severity, score=None, exploitation=exploited, fix_state=_NONE) is Priority.HIGH


def test_more_likely_exploitation_never_lowers_the_priority() -> None:
    for severity, fix in product(Severity, FixState):
        ranks = [
            priority_of(severity, score=None, exploitation=Exploitation(epss=epss), fix_state=fix).rank
            for epss in (0.0, 0.005, 0.01, 0.05, 0.1, 0.9)
        ]
        assert ranks == sorted(ranks, reverse=True)
