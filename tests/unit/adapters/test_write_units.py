"""What storing and counting costs in write units: the numbers that the design promises."""

from __future__ import annotations

from pratique.model.finding import ImageReport
from pratique.model.image import ImageId
from pratique.model.severity import Priority
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import image_id, report

IDS = {f"CVE-2024-{1000 + number * 37}": list(Priority)[number % 3] for number in range(300)}


def cost(estate: FakeEstate, image: ImageId, found: ImageReport) -> int:
    """Write units that one scan costs in the findings table."""
    before = estate.engine.units["F"]
    estate.clock.pass_hours(1)
    estate.scan(image, found, layers=12)
    return estate.engine.units["F"] - before


def index_cost(estate: FakeEstate) -> int:
    before = estate.engine.units["I"]
    estate.settle()
    return estate.engine.units["I"] - before


def test_first_scan_of_300_findings_costs_at_most_700_units() -> None:
    assert cost(fake_estate(), image_id(), report(IDS)) <= 700


def test_rescan_that_changes_nothing_costs_at_most_3_units() -> None:
    estate = fake_estate()
    cost(estate, image_id(), report(IDS))
    assert cost(estate, image_id(), report(IDS)) <= 3


def test_one_changed_finding_costs_at_most_10_units_with_its_event() -> None:
    estate = fake_estate()
    cost(estate, image_id(), report(IDS))
    first, *_ = IDS
    for changed in (
        IDS | {"CVE-2025-1": Priority.HIGH},
        IDS,
        IDS | {first: Priority.LOW},
        {key: priority for key, priority in IDS.items() if key != first},
        IDS,
    ):
        assert cost(estate, image_id(), report(changed)) <= 10


def test_index_of_one_image_costs_at_most_1000_units_with_its_facts() -> None:
    estate = fake_estate()
    cost(estate, image_id(), report(IDS))
    index_cost(estate)
    assert estate.engine.units["I"] <= 1000


def test_index_of_images_that_share_findings_costs_less_than_a_third_each() -> None:
    alone = fake_estate()
    cost(alone, image_id(), report(IDS))
    index_cost(alone)
    together = fake_estate()
    for number in range(13):
        cost(together, image_id(str(number)), report(IDS))
    index_cost(together)
    assert together.engine.units["I"] / 13 < alone.engine.units["I"] / 3


def test_counting_in_a_large_estate_grows_with_the_bytes_of_its_tables_only() -> None:
    """5,000 vulnerabilities are known; one more image with 300 of them, spread over all tables, comes in."""
    estate = fake_estate()
    keys = [f"CVE-20{10 + number % 15}-{number}" for number in range(5_000)]
    for number in range(5):
        part = dict.fromkeys(keys[number::5], Priority.LOW)
        estate.scan(image_id(str(number), f"team{number}/app"), report(part))
        estate.settle()
    cost(estate, image_id("new", "team0/app"), report(dict.fromkeys(keys[::17], Priority.LOW)))
    assert index_cost(estate) <= 250
