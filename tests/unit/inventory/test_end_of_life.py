"""End-of-life dates of distributions."""

from __future__ import annotations

from datetime import date

import pytest

from pratique.inventory.end_of_life import end_of_life
from pratique.model.distribution import Distribution


@pytest.mark.parametrize(
    ("identity", "version", "expected"),
    [
        ("debian", "10", date(2024, 6, 30)),
        ("ubuntu", "20.04", date(2025, 5, 31)),
        ("alpine", "3.18.4", date(2025, 5, 9)),
        ("alpine", "3.1.4", None),
        ("rhel", "8.10", date(2029, 5, 31)),
        ("centos", "7", date(2024, 6, 30)),
        ("amzn", "2018.03", date(2023, 12, 31)),
        ("debian", "", None),
        ("wolfi", "20230201", None),
    ],
)
def test_end_of_life_is_looked_up_by_release(identity: str, version: str, expected: date | None) -> None:
    assert end_of_life(Distribution(identity, version)) == expected


def test_date_that_a_source_told_goes_before_the_table_which_fills_the_rest() -> None:
    known = {"12": "2029-01-01", "99": "2040-06-30"}
    assert end_of_life(Distribution("debian", "12"), known) == date(2029, 1, 1)
    assert end_of_life(Distribution("debian", "99"), known) == date(2040, 6, 30)
    assert end_of_life(Distribution("debian", "10"), known) == date(2024, 6, 30)
