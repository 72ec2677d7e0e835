from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.model.settings import Cycle, Settings, Window
from pratique.services.tick import due, start_of_cycle

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/St_Johns",
)
RUNNING = [cycle for cycle in Cycle if cycle is not Cycle.STOP]
moments = st.integers(0, 8 * 365 * 86400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
schedules = st.builds(Settings, st.sampled_from(RUNNING), st.sampled_from(list(Window)), st.sampled_from(ZONES))


class TestStartOfCycle:
    """A scan starts inside the window of the settings' zone, once in each cycle."""

    @given(schedules, moments)
    @settings(deadline=None)
    def test_start_lies_inside_the_window_and_within_one_cycle(self, schedule: Settings, now: datetime) -> None:
        start = start_of_cycle(schedule, now)
        assert start is not None
        local = start.astimezone(ZoneInfo(schedule.time_zone))
        first, last = schedule.window.hours
        assert first <= local.hour < last
        assert schedule.cycle.days is not None
        assert start <= now < start + timedelta(days=schedule.cycle.days, hours=26)

    @given(schedules, moments)
    @settings(deadline=None)
    def test_every_moment_of_a_cycle_names_the_same_start(self, schedule: Settings, now: datetime) -> None:
        start = start_of_cycle(schedule, now)
        assert start is not None
        assert start_of_cycle(schedule, start) == start
        assert start_of_cycle(schedule, start + (now - start) / 2) == start

    @given(st.sampled_from(list(Window)), st.sampled_from(ZONES), moments)
    @settings(deadline=None)
    def test_stop_never_starts(self, window: Window, zone: str, now: datetime) -> None:
        assert start_of_cycle(Settings(Cycle.STOP, window, zone), now) is None


class TestDue:
    """Ticks that are late, doubled or missing start every cycle's scan exactly once."""

    @given(
        schedules,
        moments,
        st.lists(st.integers(min_value=1, max_value=60 * 30), min_size=50, max_size=200),
    )
    @settings(deadline=None, max_examples=50)
    def test_irregular_ticks_start_each_cycle_once(self, schedule: Settings, first: datetime, gaps: list[int]) -> None:
        now, last = first, None
        starts: list[datetime] = []
        for minutes in gaps:
            moment = due(schedule, last, now)
            if moment is not None:
                starts.append(moment)
                last = moment
                assert due(schedule, last, now) is None
            now += timedelta(minutes=minutes)
        assert len(set(starts)) == len(starts)
        assert starts == sorted(starts)

    def test_hourly_ticks_of_a_year_start_every_third_day(self) -> None:
        schedule = Settings(Cycle.THREE_DAYS, Window.MORNING, "Europe/Berlin")
        now = datetime(2027, 1, 1, tzinfo=UTC)
        last = due(schedule, None, now)
        days = []
        while now < datetime(2028, 1, 1, tzinfo=UTC):
            if (moment := due(schedule, last, now)) is not None:
                last = moment
                days.append(moment.astimezone(ZoneInfo("Europe/Berlin")).date())
            now += timedelta(hours=1)
        assert {(later - earlier).days for earlier, later in pairwise(days)} == {3}
        assert len(days) in {121, 122}

    @pytest.mark.parametrize("window", list(Window))
    def test_starts_are_spread_over_the_window(self, window: Window) -> None:
        schedule = Settings(Cycle.THREE_DAYS, window, "UTC")
        starts = [
            start_of_cycle(schedule, datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=3 * number))
            for number in range(100)
        ]
        hours = {start.hour for start in starts if start is not None}
        assert len(hours) >= (window.hours[1] - window.hours[0]) - 1
