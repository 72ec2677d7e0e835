from __future__ import annotations

import pytest

from pratique.advisories.cvss import base_score, severity_of
from pratique.errors import InvalidValue
from pratique.model.severity import Severity


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        # The examples of https://www.first.org/cvss/v3.1/examples and their like for the other versions.
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:P", 5.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
    ],
)
def test_base_score_agrees_with_the_specification(vector: str, score: float) -> None:
    assert base_score(vector) == score


@pytest.mark.parametrize("vector", ["", "CVSS:3.1", "CVSS:4.0/AV:X", "nonsense", "CVSS:3.1/" + "AV:N/" * 200])
def test_base_score_refuses_malformed_vectors(vector: str) -> None:
    with pytest.raises(InvalidValue):
        base_score(vector)


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (10.0, "critical"),
        (9.0, "critical"),
        (8.9, "high"),
        (6.9, "medium"),
        (3.9, "low"),
        (0.1, "low"),
        (0.0, "negligible"),
    ],
)
def test_severity_follows_the_rating_scale(score: float, word: str) -> None:
    assert severity_of(score) is Severity(word)
