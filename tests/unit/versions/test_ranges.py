"""OSV's evaluation of ranges."""

from __future__ import annotations

import pytest

from pratique.errors import InvalidValue, InvalidVersion
from pratique.model.advisory import Interval
from pratique.versions import is_affected

_FIXED = (Interval("1.2", fixed="1.4"),)
_LAST = (Interval("1.2", last_affected="1.4"),)
_BRANCHES = (Interval("0", fixed="1.1.5"), Interval("2.0", fixed="2.0.3"))


@pytest.mark.parametrize(
    ("version", "intervals", "affected"),
    [
        ("1.1.9", _FIXED, False),
        ("1.2", _FIXED, True),
        ("1.3.99", _FIXED, True),
        ("1.4", _FIXED, False),
        ("1.4", _LAST, True),
        ("1.4.0", _LAST, True),
        ("1.4.1", _LAST, False),
        ("0.1", _BRANCHES, True),
        ("1.1.5", _BRANCHES, False),
        ("2.0.2", _BRANCHES, True),
        ("2.0.3", _BRANCHES, False),
        ("0.0.0.dev0", (Interval("", fixed="1"),), True),
        ("99", (Interval("1.2"),), True),
        ("1.1", (Interval("1.2"),), False),
        ("1", (), False),
    ],
)
def test_is_affected_follows_the_events(version: str, intervals: tuple[Interval, ...], affected: bool) -> None:
    assert is_affected("pep440", version, intervals, ()) is affected


def test_is_affected_takes_listed_versions_that_compare_equal() -> None:
    assert is_affected("pep440", "1.0.0", (), ("0.9", "1.0"))
    assert not is_affected("pep440", "1.0.1", (), ("0.9", "1.0"))


def test_is_affected_takes_the_same_text_without_an_order() -> None:
    assert is_affected("pep440", "not a version", (), ("not a version",))


def test_is_affected_needs_no_order_where_every_version_is() -> None:
    assert is_affected("pep440", "not a version", (Interval("0"),), ())
    assert is_affected("deb", "!!", (Interval(),), ())


def test_is_affected_passes_over_listed_texts_that_are_no_versions() -> None:
    assert not is_affected("pep440", "1.0", (), ("r2019-01",))


def test_is_affected_raises_for_a_version_without_a_place() -> None:
    with pytest.raises(InvalidVersion):
        is_affected("pep440", "not a version", _FIXED, ("1.3",))


def test_is_affected_raises_where_a_bound_is_malformed() -> None:
    with pytest.raises(InvalidVersion):
        is_affected("pep440", "1.3", (Interval("0", fixed="4f2a9c1"),), ())


def test_is_affected_is_sure_where_another_interval_decides() -> None:
    intervals = (Interval("0", fixed="4f2a9c1"), Interval("1.2", fixed="1.4"))
    assert is_affected("pep440", "1.3", intervals, ())
    assert is_affected("pep440", "1.3.0", intervals[:1], ("1.3",))


def test_is_affected_refuses_an_unknown_scheme() -> None:
    with pytest.raises(InvalidValue):
        is_affected("cobol", "1", _FIXED, ())
