from __future__ import annotations

from datetime import date

from pratique.model.coverage import ScanStatus
from pratique.model.severity import Priority
from pratique.services.query.overview import get_overview
from pratique.services.query.trend import get_trend
from pratique.services.record_day import RecordDay
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import image_id, report, sample


def recorder(estate: FakeEstate) -> RecordDay:
    return RecordDay(estate.stores.counts, estate.stores.trend, estate.clock)


def test_day_is_what_the_overview_says() -> None:
    estate = fake_estate()
    estate.scan(image_id("a"), report({"CVE-1": Priority.HIGH, "CVE-2": Priority.LOW}, [sample("miner")]))
    estate.scan(image_id("b", "team/other"), report({"CVE-2": Priority.MEDIUM}))
    estate.scan(image_id("c", "team/third"), report(status=ScanStatus.PARTIAL))
    estate.settle()
    totals = recorder(estate)()
    overview = get_overview(estate.reading)
    assert (totals.system, totals.application) == (
        overview.vulnerabilities.system,
        overview.vulnerabilities.application,
    )
    assert totals.samples == overview.samples
    assert totals.images.total == overview.images.total == 3
    assert (totals.images.high, totals.images.unknown) == (1, 1)


def test_last_tick_of_a_day_is_the_days() -> None:
    estate = fake_estate()
    estate.scan(image_id("a"), report({"CVE-1": Priority.HIGH}))
    estate.settle()
    recorder(estate)()
    estate.scan(image_id("a"), report())
    estate.settle()
    estate.clock.pass_hours(11)
    recorder(estate)()
    estate.clock.pass_hours(1)
    recorder(estate)()
    days = get_trend(estate.reading, 2)
    assert [(one.day, one.system.high) for one in days] == [(date(2026, 3, 1), 0), (date(2026, 3, 2), 0)]
    assert [one.day for one in get_trend(estate.reading, 1)] == [date(2026, 3, 2)]


def test_nothing_is_made_up_for_days_without_a_record() -> None:
    estate = fake_estate()
    recorder(estate)()
    estate.clock.pass_hours(24 * 5)
    recorder(estate)()
    assert [one.day for one in get_trend(estate.reading, 30)] == [date(2026, 3, 1), date(2026, 3, 6)]
