"""The list of vulnerabilities, by every filter, alone and together."""

from __future__ import annotations

import pytest

from pratique.errors import InvalidValue
from pratique.model.advisory import Exploitation
from pratique.model.finding import Category
from pratique.model.severity import Priority
from pratique.ports.findings import PriorityCounts
from pratique.services.query.page import PageRequest
from pratique.services.query.scope import ScopeFilter
from pratique.services.query.vulnerabilities import (
    VulnerabilityFilter,
    VulnerabilityRow,
    VulnerabilitySort,
    list_vulnerabilities,
)
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import at, finding, image_id, report

ELSEWHERE = "444455556666.us-east-1"


@pytest.fixture(scope="module")
def estate() -> FakeEstate:
    """Three repositories in two registries; later scans are an hour apart."""
    estate = fake_estate()
    first = [
        finding("CVE-2024-0001", Priority.HIGH, title="Heap overflow in OpenSSL"),
        finding("CVE-2024-0002", Priority.LOW, package="zlib", fixed=""),
    ]
    estate.scan(image_id("a", "team/shop"), report(first))
    estate.clock.pass_hours(1)
    second = [
        finding("CVE-2024-0001", Priority.MEDIUM, title="Heap overflow in OpenSSL"),
        finding(
            "CVE-2024-0003",
            Priority.HIGH,
            category=Category.APPLICATION,
            package="jinja2",
            title="Template sandbox escape",
            exploitation=Exploitation(kev_added="2024-05-01", epss=0.97),
        ),
    ]
    estate.scan(image_id("b", "team/blog"), report(second))
    estate.clock.pass_hours(1)
    third = [finding("CVE-2024-0002", Priority.LOW, package="zlib", fixed="")]
    estate.scan(image_id("c", "shop", ELSEWHERE), report(third))
    estate.settle()
    return estate


def rows(estate: FakeEstate, wanted: VulnerabilityFilter) -> dict[str, VulnerabilityRow]:
    page = list_vulnerabilities(estate.reading, wanted, PageRequest(100))
    assert page.next_cursor is None
    assert page.total == len(page.items)
    return {row.id.removeprefix("CVE-2024-"): row for row in page.items}


def test_list_orders_by_priority_then_images(estate: FakeEstate) -> None:
    assert list(rows(estate, VulnerabilityFilter())) == ["0001", "0003", "0002"]


def test_list_counts_images_by_their_own_priority(estate: FakeEstate) -> None:
    row = rows(estate, VulnerabilityFilter())["0001"]
    assert (row.priority, row.images, row.images_total) == (Priority.HIGH, PriorityCounts(1, 1, 0), 2)
    assert (row.title, row.cvss, row.epss, row.known_exploited) == ("Heap overflow in OpenSSL", 9.8, 0.5, False)
    assert (row.first_scan, row.last_scan) == (at(0), at(1))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (VulnerabilityFilter(category=Category.SYSTEM), "0001 0002"),
        (VulnerabilityFilter(category=Category.APPLICATION), "0003"),
        (VulnerabilityFilter(priority=Priority.LOW), "0002"),
        (VulnerabilityFilter(priority=Priority.MEDIUM), ""),
        (VulnerabilityFilter(ScopeFilter(instance=ELSEWHERE)), "0002"),
        (VulnerabilityFilter(ScopeFilter(instance="nowhere")), ""),
        (VulnerabilityFilter(ScopeFilter(namespace="team")), "0001 0003 0002"),
        (VulnerabilityFilter(ScopeFilter(namespace="")), "0002"),
        (VulnerabilityFilter(ScopeFilter(repository="team/shop")), "0001 0002"),
        (VulnerabilityFilter(ScopeFilter(namespace="other", repository="team/shop")), ""),
        (VulnerabilityFilter(ScopeFilter(repository="team/blog"), priority=Priority.MEDIUM), "0001"),
        (VulnerabilityFilter(ScopeFilter(digest=image_id("b").digest)), "0003 0001"),
        (VulnerabilityFilter(ScopeFilter(instance=ELSEWHERE, digest=image_id("b").digest)), ""),
        (VulnerabilityFilter(repository_name="SHOP"), "0001 0002"),
        (VulnerabilityFilter(repository_name="blgo"), "0003 0001"),
        (VulnerabilityFilter(ScopeFilter(namespace="team"), repository_name="shop"), "0001 0002"),
        (VulnerabilityFilter(name="sandbox"), "0003"),
        (VulnerabilityFilter(name="OVERFLOW heap"), "0001"),
        (VulnerabilityFilter(name="overlfow"), "0001"),
        (VulnerabilityFilter(name="2024-0002"), "0002"),
        (VulnerabilityFilter(name="ghsa-cve-2024-0003"), "0003"),
        (VulnerabilityFilter(name="nothing like it"), ""),
        (VulnerabilityFilter(package="zlib"), "0002"),
        (VulnerabilityFilter(epss_at_least=0.9), "0003"),
        (VulnerabilityFilter(known_exploited=True), "0003"),
        (VulnerabilityFilter(known_exploited=False, fix_available=True), "0001"),
        (VulnerabilityFilter(fix_available=False), "0002"),
        (VulnerabilityFilter(name="flaw", category=Category.APPLICATION), ""),
        (VulnerabilityFilter(sort=VulnerabilitySort.LAST_SCAN), "0002 0001 0003"),
        (VulnerabilityFilter(sort=VulnerabilitySort.FIRST_SEEN), "0003 0001 0002"),
    ],
)
def test_list_filters(estate: FakeEstate, wanted: VulnerabilityFilter, expected: str) -> None:
    assert list(rows(estate, wanted)) == expected.split()


def test_list_of_one_category_counts_that_category(estate: FakeEstate) -> None:
    row = rows(estate, VulnerabilityFilter(category=Category.APPLICATION))["0003"]
    assert (row.category, row.images_total) == (Category.APPLICATION, 1)


def test_list_pages_give_every_row_once(estate: FakeEstate) -> None:
    seen, cursor = [], ""
    while True:
        page = list_vulnerabilities(estate.reading, VulnerabilityFilter(), PageRequest(1, cursor))
        assert page.total == 3
        seen += [row.id for row in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == ["CVE-2024-0001", "CVE-2024-0003", "CVE-2024-0002"]


def test_cursor_is_bound_to_its_filter_and_refused_when_altered(estate: FakeEstate) -> None:
    cursor = list_vulnerabilities(estate.reading, VulnerabilityFilter(), PageRequest(1)).next_cursor
    assert cursor
    with pytest.raises(InvalidValue, match="another list or filter"):
        list_vulnerabilities(estate.reading, VulnerabilityFilter(priority=Priority.LOW), PageRequest(1, cursor))
    for altered in (cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"), "x" + cursor, "é", "a" * 9999, "AAAA"):
        with pytest.raises(InvalidValue, match="damaged"):
            list_vulnerabilities(estate.reading, VulnerabilityFilter(), PageRequest(1, altered))


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_limit_outside_1_to_100_is_refused(limit: int) -> None:
    with pytest.raises(InvalidValue, match="between 1 and 100"):
        PageRequest(limit)


def test_epss_outside_0_to_1_is_refused(estate: FakeEstate) -> None:
    with pytest.raises(InvalidValue, match="between 0 and 1"):
        list_vulnerabilities(estate.reading, VulnerabilityFilter(epss_at_least=1.5), PageRequest())
