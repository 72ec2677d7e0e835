from __future__ import annotations

from pratique.advisories.intervals import versions_beyond
from pratique.model.advisory import Interval


def test_listed_versions_that_an_interval_covers_say_nothing_more() -> None:
    intervals = (Interval("1.0", "2.0"),)
    assert versions_beyond(intervals, ["0.9", "1.0", "1.5", "2.0", "not a version"], "PyPI") == (
        "0.9",
        "2.0",
        "not a version",
    )
    assert versions_beyond((), ["1.0"], "PyPI") == ("1.0",)
    assert versions_beyond(intervals, ["1.5"], "Unheard of") == ("1.5",)
