"""When scans start: laws over years, zones and clocks that change, and over ticks that come as they please."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.model.settings import Cycle, Settings, Window
from pratique.services.tick import due, next_start, start_of_cycle
from pratique.services.window import window_of

# Zones whose clocks change, among them by half an hour (Lord Howe), at midnight (Cairo, Beirut, Havana, Santiago),
# over midnight backwards (Nuuk, Azores), and one that left out a day (Apia, 30 December 2011).
ZONES = (
    "UTC", "Europe/Berlin", "Europe/Lisbon", "America/New_York", "America/Nuuk", "America/Havana", "America/Santiago",
    "America/St_Johns", "America/Scoresbysund", "Asia/Beirut", "Asia/Kolkata", "Asia/Tokyo", "Africa/Cairo",
    "Africa/Casablanca", "Australia/Lord_Howe", "Australia/Sydney", "Atlantic/Azores", "Pacific/Auckland",
    "Pacific/Apia", "Pacific/Kiritimati", "America/Asuncion", "Europe/Dublin",
)  # fmt: skip
RUNNING = [cycle for cycle in Cycle if cycle is not Cycle.STOP]
TICK = timedelta(minutes=15)
schedules = st.builds(Settings, st.sampled_from(RUNNING), st.sampled_from(list(Window)), st.sampled_from(ZONES))


def changes(zone: str, years: range) -> list[datetime]:
    """The moments at which a zone's clock changes, found by bisection."""
    info = ZoneInfo(zone)
    found = []
    hour = datetime(years.start, 1, 1, tzinfo=UTC)
    while hour.year < years.stop:
        later = hour + timedelta(days=7)
        if hour.astimezone(info).utcoffset() != later.astimezone(info).utcoffset():
            low, high = hour, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                if middle.astimezone(info).utcoffset() == hour.astimezone(info).utcoffset():
                    low = middle
                else:
                    high = middle
            found.append(high)
        hour = later
    return found


def changed(zone: str, years: range) -> list[date]:
    """The days, in UTC, of the clock changes and those before them, on which it may still be the day before."""
    return [change.date() - timedelta(days=off) for change in changes(zone, years) for off in (0, 1)]


# Days on which something is odd weigh as much as all the others: clock changes, month ends, leap days, new years.
ODD_DAYS = [
    *(day for zone in ZONES for day in changed(zone, range(2024, 2029))),
    *(date(year, month, 1) - timedelta(days=1) for year in (2024, 2027, 2028) for month in range(1, 13)),
    *(date(year, 2, 29) for year in (2024, 2028, 2032)),
]  # fmt: skip
days = st.one_of(st.sampled_from(ODD_DAYS), st.dates(date(2024, 1, 2), date(2040, 12, 31)))
moments = st.builds(
    lambda day, seconds: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds),
    days,
    st.integers(0, 86_399),
)


def hours_of(schedule: Settings, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(schedule.time_zone))
    first, last = schedule.window.hours
    return first <= local.hour < last


class TestWindow:
    """Every moment of a window shows one of its hours, and those of a day do not overlap the next day's."""

    @given(st.sampled_from(list(Window)), days, st.sampled_from(ZONES), st.floats(0, 0.999999))
    @settings(deadline=None, max_examples=200)
    def test_every_moment_inside_shows_an_hour_of_the_window(
        self, window: Window, day: date, zone: str, part: float
    ) -> None:
        found = window_of(window, day, ZoneInfo(zone))
        moment = found.opens + (found.closes - found.opens) * part
        local = moment.astimezone(ZoneInfo(zone))
        assert local.date() == day
        assert window.hours[0] <= local.hour < window.hours[1]

    @given(st.sampled_from(list(Window)), days, st.sampled_from(ZONES))
    @settings(deadline=None)
    def test_window_is_its_hours_long_but_for_a_change_of_clocks(self, window: Window, day: date, zone: str) -> None:
        found = window_of(window, day, ZoneInfo(zone))
        hours = (found.closes - found.opens) / timedelta(hours=1)
        assert abs(hours - (window.hours[1] - window.hours[0])) <= 2

    def test_window_that_ends_in_a_skipped_hour_closes_when_the_clock_skips(self) -> None:
        # Nuuk skips 23:00 to 24:00 on 29 March 2025: at 01:00 UTC.
        found = window_of(Window.EVENING, date(2025, 3, 29), ZoneInfo("America/Nuuk"))
        assert found.closes == datetime(2025, 3, 30, 1, tzinfo=UTC)
        assert found.closes - found.opens == timedelta(hours=5)

    def test_window_that_begins_in_a_skipped_hour_opens_when_the_clock_skips(self) -> None:
        # Havana skips 00:00 to 01:00 on 8 March 2026: at 05:00 UTC.
        found = window_of(Window.NIGHT, date(2026, 3, 8), ZoneInfo("America/Havana"))
        assert found.opens == datetime(2026, 3, 8, 5, tzinfo=UTC)

    def test_day_that_was_left_out_never_opens(self) -> None:
        for window in Window:
            found = window_of(window, date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
            assert found.opens == found.closes


class TestPlan:
    """The planned moment lies inside the window, once in each cycle."""

    @given(schedules, moments)
    @settings(deadline=None, max_examples=200)
    def test_planned_moment_lies_inside_the_window(self, schedule: Settings, now: datetime) -> None:
        start = start_of_cycle(schedule, now)
        assert start is not None
        assert start <= now
        assert hours_of(schedule, start)
        assert hours_of(schedule, start + timedelta(minutes=59))

    @given(schedules, moments)
    @settings(deadline=None)
    def test_planned_moments_are_a_cycle_apart(self, schedule: Settings, now: datetime) -> None:
        start = start_of_cycle(schedule, now)
        assert start is not None
        assert schedule.cycle.days is not None
        before = start_of_cycle(schedule, start - timedelta(seconds=1))
        assert before is not None
        zone = ZoneInfo(schedule.time_zone)
        assert (start.astimezone(zone).date() - before.astimezone(zone).date()).days == schedule.cycle.days

    @given(st.sampled_from(list(Window)), st.sampled_from(ZONES), moments)
    @settings(deadline=None)
    def test_stop_never_starts(self, window: Window, zone: str, now: datetime) -> None:
        stopped = Settings(Cycle.STOP, window, zone)
        assert start_of_cycle(stopped, now) is None
        assert due(stopped, None, now) is None

    @pytest.mark.parametrize("window", list(Window))
    def test_moments_are_spread_over_the_window(self, window: Window) -> None:
        schedule = Settings(Cycle.THREE_DAYS, window, "UTC")
        first = datetime(2027, 1, 1, tzinfo=UTC)
        starts = [start_of_cycle(schedule, first + timedelta(days=3 * number)) for number in range(200)]
        open_hours = window.hours[1] - window.hours[0] - 1
        per_hour = [sum(start.hour == hour for start in starts if start) for hour in range(*window.hours)][:-1]
        assert all(count >= 200 / open_hours / 4 for count in per_hour)


def run(schedule: Settings, ticks: list[datetime], last: datetime | None) -> list[datetime]:
    """The ticks that started a scan; each start is claimed as the handler does."""
    started = []
    for now in ticks:
        moment = due(schedule, last, now)
        if moment is not None:
            assert moment <= now
            started.append(now)
            last = moment
    return started


@st.composite
def tick_streams(draw: st.DrawFn) -> list[datetime]:
    """Forty days of quarter-hourly ticks: each late or early by minutes, some doubled, up to three in a row missing."""
    first = draw(moments)
    random = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - for a test
    ticks: list[datetime] = []
    missing = 0
    for number in range(40 * 96):
        if random.random() < 0.3 and missing < 2:
            missing += 1
            continue
        missing = 0
        tick = first + number * TICK + timedelta(seconds=random.randint(-400, 400))
        ticks += [tick] * random.choice((1, 1, 1, 2))
    return sorted(ticks)


class TestTicks:
    """Whatever ticks do, there is exactly one start in each due window."""

    @given(schedules, tick_streams())
    @settings(deadline=None, max_examples=20)
    def test_exactly_one_start_in_each_due_window(self, schedule: Settings, ticks: list[datetime]) -> None:
        started = run(schedule, ticks, start_of_cycle(schedule, ticks[0]))
        assert all(hours_of(schedule, moment) for moment in started)
        zone = ZoneInfo(schedule.time_zone)
        assert schedule.cycle.days is not None
        wanted, moment = [], start_of_cycle(schedule, ticks[-1])
        while moment is not None and moment > ticks[0]:
            wanted.append(moment.astimezone(zone).date())
            moment = start_of_cycle(schedule, moment - timedelta(seconds=1))
        found = [moment.astimezone(zone).date() for moment in started]
        # The last planned moment may lie too near the end of the stream for a tick to have followed it.
        assert found in (wanted[::-1], wanted[:0:-1])

    @given(schedules, moments, st.lists(st.integers(1, 60 * 40), min_size=50, max_size=200))
    @settings(deadline=None, max_examples=60)
    def test_long_outages_start_nothing_twice_and_nothing_outside_the_window(
        self, schedule: Settings, first: datetime, gaps: list[int]
    ) -> None:
        ticks = [first]
        for minutes in gaps:
            ticks.append(ticks[-1] + timedelta(minutes=minutes))
        started = run(schedule, [tick for tick in ticks for _ in range(2)], None)
        assert all(hours_of(schedule, moment) for moment in started)
        zone = ZoneInfo(schedule.time_zone)
        assert schedule.cycle.days is not None
        numbers = [
            (moment.astimezone(zone).date() - date(2024, 1, 1)).days // schedule.cycle.days for moment in started
        ]
        assert all(earlier < later for earlier, later in pairwise(numbers))

    @given(schedules, moments)
    @settings(deadline=None)
    def test_missed_window_is_made_up_for_on_the_next_day(self, schedule: Settings, now: datetime) -> None:
        planned = start_of_cycle(schedule, now)
        assert planned is not None
        zone = ZoneInfo(schedule.time_zone)
        before = start_of_cycle(schedule, planned - timedelta(seconds=1))
        next_day = window_of(schedule.window, planned.astimezone(zone).date() + timedelta(days=1), zone)
        assert due(schedule, before, next_day.closes - timedelta(seconds=1)) is not None
        if schedule.window is not Window.WHOLE_DAY:
            assert due(schedule, before, next_day.closes) is None

    def test_changed_settings_start_no_second_scan_on_a_day(self) -> None:
        morning, evening = (Settings(Cycle.THREE_DAYS, window) for window in (Window.MORNING, Window.EVENING))
        planned = start_of_cycle(morning, datetime(2027, 5, 1, tzinfo=UTC))
        assert planned is not None
        assert due(evening, planned, planned.replace(hour=23, minute=59)) is None


@given(schedules, moments, st.one_of(st.none(), st.integers(0, 20 * 86400)))
@settings(deadline=None, max_examples=200)
def test_next_start_is_the_first_moment_at_which_a_tick_starts_a_scan(
    schedule: Settings, now: datetime, ago: int | None
) -> None:
    last = None if ago is None else now - timedelta(seconds=ago)
    found = next_start(schedule, last, now)
    assert found is not None
    assert found >= now
    assert due(schedule, last, found)
    ticks = [now + timedelta(minutes=15) * number for number in range(4 * 24 * 16)]
    assert not [tick for tick in ticks if tick < found and due(schedule, last, tick)]


def test_nothing_starts_next_while_the_cycle_is_stopped() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert next_start(Settings(Cycle.STOP), None, now) is None
