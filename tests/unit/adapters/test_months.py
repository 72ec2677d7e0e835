"""Which months are looked through: every one that something kept could lie in, and no older one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.months import months_back

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds of the strategy


@given(now=MOMENTS, days=st.integers(0, 800))
def test_months_are_those_of_every_moment_kept_newest_first(now: datetime, days: int) -> None:
    moments = [now + timedelta(hours=1), *(now - timedelta(days=count) for count in range(days + 1))]
    assert list(months_back(now, days)) == sorted({f"{moment:%Y-%m}" for moment in moments}, reverse=True)
