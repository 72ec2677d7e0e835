"""The other questions: overview, one vulnerability, samples, images, findings, scans and settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from pratique.errors import Conflict, InvalidValue, MissingSetting
from pratique.model.coverage import ScanStatus
from pratique.model.finding import Category
from pratique.model.processing import Decision, ProcessingStatus
from pratique.model.sample import Level
from pratique.model.settings import Cycle, Settings
from pratique.model.severity import Priority
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.counts import ImageStatus, Risk
from pratique.ports.findings import (
    FindingState,
    LevelCounts,
    PriorityCounts,
    StoredFinding,
    StoredSample,
)
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.query.image_findings import ImageFindingFilter, list_image_findings
from pratique.services.query.images import ImageFilter, get_image, list_images
from pratique.services.query.overview import ImageTotals, get_overview
from pratique.services.query.page import CursorSigner, PageRequest
from pratique.services.query.sample import get_sample, list_sample_images
from pratique.services.query.samples import SampleFilter, list_samples
from pratique.services.query.scans import ScanFilter, get_scan, list_scans
from pratique.services.query.scope import EVERYWHERE, ScopeFilter
from pratique.services.query.settings import get_settings, put_settings
from pratique.services.query.vulnerability import get_vulnerability
from pratique.services.query.vulnerability_images import list_vulnerability_images
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import at, coverage, finding, image_id, report, sample

ELSEWHERE = "444455556666.us-east-1"
SHOP, BLOG, SAFE = image_id("shop", "team/shop"), image_id("blog", "team/blog"), image_id("safe", "base", ELSEWHERE)
NEW, BROKEN = image_id("new", "team/shop"), image_id("broken", "team/broken")


@pytest.fixture
def estate() -> FakeEstate:
    estate = fake_estate()
    both = [finding("CVE-1", Priority.HIGH), finding("CVE-2", Priority.LOW, category=Category.APPLICATION, package="a")]
    estate.scan(SHOP, report(both, [sample("miner", Level.WARNING)]))
    estate.scan(BLOG, report({"CVE-1": Priority.MEDIUM}, [sample("miner", Level.URGENT), sample("shell")]))
    estate.scan(SAFE, report())
    estate.stores.findings.begin(NEW)
    seq = estate.stores.findings.begin(BROKEN)
    estate.stores.findings.fail(BROKEN, seq=seq, coverage=coverage(), tags=(), now=at(0))
    estate.settle()
    return estate


def test_overview_counts_everything_once(estate: FakeEstate) -> None:
    fetched = (at(0) - timedelta(hours=2)).isoformat()
    estate.revision = AdvisoryRevision("r1", fetched, False, (SourceState("osv", 1, 0, fetched),))
    overview = get_overview(estate.reading)
    assert overview.images == ImageTotals(
        total=5, high=2, medium=0, low=0, clean=1, unknown=2, scanned=3, unscanned=1, failed=1
    )
    assert overview.vulnerabilities.system == PriorityCounts(1, 0, 0)
    assert overview.vulnerabilities.application == PriorityCounts(0, 0, 1)
    assert overview.samples == LevelCounts(2, 0, 0)
    assert overview.last_scan == at(0)
    assert overview.advisories is not None
    assert overview.advisories.age_seconds == 7200


def test_overview_of_a_scope_counts_that_scope(estate: FakeEstate) -> None:
    overview = get_overview(estate.reading, ScopeFilter(instance=ELSEWHERE))
    assert (overview.images.total, overview.images.clean, overview.samples.total) == (1, 1, 0)
    with pytest.raises(InvalidValue, match="digest"):
        get_overview(estate.reading, ScopeFilter(digest=SHOP.digest))


def test_overview_of_an_empty_estate_is_all_zero() -> None:
    overview = get_overview(fake_estate().reading)
    assert (overview.images.total, overview.last_scan, overview.advisories) == (0, None, None)


def test_vulnerability_page_has_facts_and_counts(estate: FakeEstate) -> None:
    page = get_vulnerability(estate.reading, "CVE-1")
    assert page is not None
    assert (page.facts.aliases, page.images) == (("GHSA-cve-1",), PriorityCounts(1, 1, 0))
    assert "fixed version exists" in page.solution
    assert get_vulnerability(estate.reading, "CVE-404") is None


def test_vulnerability_that_no_image_has_any_more_keeps_its_page(estate: FakeEstate) -> None:
    for image in (SHOP, BLOG):
        estate.stores.findings.retire(image, at(1))
    estate.settle()
    page = get_vulnerability(estate.reading, "CVE-1")
    assert page is not None
    assert page.images.total == 0


def test_vulnerability_images_come_worst_first_with_their_finding(estate: FakeEstate) -> None:
    page = list_vulnerability_images(estate.reading, "CVE-1", EVERYWHERE, PageRequest())
    assert page is not None
    assert [(row.image.id, row.finding.priority) for row in page.items] == [
        (SHOP, Priority.HIGH),
        (BLOG, Priority.MEDIUM),
    ]
    assert page.items[0].finding.packages[0].layer.created_by == "RUN step 0"
    assert page.next_cursor is None
    assert list_vulnerability_images(estate.reading, "CVE-404", EVERYWHERE, PageRequest()) is None


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (ScopeFilter(repository="team/blog"), [BLOG]),
        (ScopeFilter(instance=BLOG.instance, repository="team/blog"), [BLOG]),
        (ScopeFilter(instance=BLOG.instance, namespace="team"), [SHOP, BLOG]),
        (ScopeFilter(instance=ELSEWHERE), []),
        (ScopeFilter(digest=BLOG.digest), [BLOG]),
    ],
)
def test_vulnerability_images_of_a_scope(estate: FakeEstate, scope: ScopeFilter, expected: list[object]) -> None:
    page = list_vulnerability_images(estate.reading, "CVE-1", scope, PageRequest())
    assert page is not None
    assert [row.image.id for row in page.items] == expected


def test_vulnerability_images_pages_give_every_image_once(estate: FakeEstate) -> None:
    seen, cursor = [], ""
    for _ in range(10):
        page = list_vulnerability_images(estate.reading, "CVE-1", EVERYWHERE, PageRequest(1, cursor))
        assert page is not None
        seen += [row.image.id for row in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [SHOP, BLOG]


def test_samples_filter_by_level_status_and_name(estate: FakeEstate) -> None:
    miner = sample("miner").sha256
    estate.allow_samples.decide(miner, ProcessingStatus.HANDLED, by="ann", note="")

    def names(wanted: SampleFilter) -> list[str]:
        return [row.name for row in list_samples(estate.reading, wanted, PageRequest()).items]

    assert names(SampleFilter()) == ["miner", "shell"]
    assert names(SampleFilter(level=Level.URGENT, name="SHEL")) == ["shell"]
    assert names(SampleFilter(name=miner[:12])) == ["miner"]
    assert names(SampleFilter(status=ProcessingStatus.HANDLED)) == ["miner"]
    assert names(SampleFilter(ScopeFilter(repository="team/shop"), level=Level.WARNING)) == ["miner"]
    assert names(SampleFilter(repository_name="bolg")) == ["miner", "shell"] or names(
        SampleFilter(repository_name="bolg")
    ) == ["shell", "miner"]
    row = list_samples(estate.reading, SampleFilter(name="miner"), PageRequest()).items[0]
    assert (row.images, row.images_total, row.size) == (LevelCounts(1, 1, 0), 2, 68)


def test_sample_status_is_kept_and_survives_the_next_scan(estate: FakeEstate) -> None:
    shell = sample("shell").sha256
    decide = estate.allow_samples.decide
    assert decide(shell, ProcessingStatus.IGNORED, by="ann", note="a test file") is not None
    estate.scan(SHOP, report((), [sample("shell", Level.NOTICE)]))
    again = get_sample(estate.reading, shell)
    assert again is not None
    assert again.decision == Decision(ProcessingStatus.IGNORED, "ann", at(0), "a test file", 1)
    assert again.history == (again.decision,)
    assert again.rules[0].rule == "rule_shell"
    assert decide("0" * 64, ProcessingStatus.IGNORED, by="ann", note="") is None
    assert get_sample(estate.reading, "0" * 64) is None
    with pytest.raises(InvalidValue, match="2000"):
        decide(shell, ProcessingStatus.IGNORED, by="ann", note="x" * 2001)


def test_sample_images_name_the_files(estate: FakeEstate) -> None:
    page = list_sample_images(estate.reading, sample("miner").sha256, EVERYWHERE, PageRequest())
    assert page is not None
    assert [(row.image.id, row.sample.level) for row in page.items] == [(BLOG, Level.URGENT), (SHOP, Level.WARNING)]
    assert page.items[0].sample.files[0].path == "tmp/miner"
    assert list_sample_images(estate.reading, "0" * 64, EVERYWHERE, PageRequest()) is None


@pytest.mark.parametrize(
    ("wanted", "expected", "total"),
    [
        (ImageFilter(), {SHOP, BLOG, SAFE, NEW, BROKEN}, 5),
        (ImageFilter(ScopeFilter(instance=ELSEWHERE)), {SAFE}, 1),
        (ImageFilter(ScopeFilter(namespace="team")), {SHOP, BLOG, NEW, BROKEN}, 4),
        (ImageFilter(ScopeFilter(namespace="")), {SAFE}, 1),
        (ImageFilter(ScopeFilter(repository="team/shop")), {SHOP, NEW}, 2),
        (ImageFilter(ScopeFilter(digest=SHOP.digest)), {SHOP}, 1),
        (ImageFilter(repository_name="shpo"), {SHOP, NEW}, 2),
        (ImageFilter(risk=Risk.HIGH), {SHOP, BLOG}, 2),
        (ImageFilter(risk=Risk.CLEAN), {SAFE}, 1),
        (ImageFilter(status=ImageStatus.UNSCANNED), {NEW}, 1),
        (ImageFilter(status=ImageStatus.FAILED), {BROKEN}, 1),
        (ImageFilter(risk=Risk.UNKNOWN, status=ImageStatus.FAILED), {BROKEN}, None),
        (ImageFilter(risk=Risk.LOW), set(), 0),
    ],
)
def test_images_filter(estate: FakeEstate, wanted: ImageFilter, expected: set[object], total: int | None) -> None:
    page = list_images(estate.reading, wanted, PageRequest())
    assert {image.id for image in page.items} == expected
    assert (page.total, page.next_cursor) == (total, None)


@pytest.mark.parametrize("wanted", [ImageFilter(), ImageFilter(repository_name="e"), ImageFilter(risk=Risk.HIGH)])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_images_pages_give_every_image_once(estate: FakeEstate, wanted: ImageFilter, limit: int) -> None:
    whole = list_images(estate.reading, wanted, PageRequest(100))
    seen, cursor = [], ""
    for _ in range(20):
        page = list_images(estate.reading, wanted, PageRequest(limit, cursor))
        seen += [image.id for image in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [image.id for image in whole.items]


def test_image_is_shown_with_layers(estate: FakeEstate) -> None:
    image = get_image(estate.reading, SHOP)
    assert image is not None
    assert (len(image.layers), image.status) == (2, ScanStatus.COMPLETE)
    assert get_image(estate.reading, image_id("unknown")) is None


def test_image_findings_filter_and_page(estate: FakeEstate) -> None:
    estate.scan(SHOP, report({"CVE-1": Priority.HIGH}, [sample("miner", Level.WARNING)]))

    def ids(wanted: ImageFindingFilter) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = list_image_findings(estate.reading, SHOP, wanted, PageRequest(1, cursor))
            assert page is not None
            for item in page.items:
                match item:
                    case StoredFinding():
                        found.append(item.id)
                    case StoredSample():
                        found.append(item.name)
            if page.next_cursor is None:
                return found
            cursor = page.next_cursor

    assert ids(ImageFindingFilter()) == ["miner", "CVE-1", "CVE-2"]
    assert ids(ImageFindingFilter(kind="vulnerability", state=FindingState.FIXED)) == ["CVE-2"]
    assert ids(ImageFindingFilter(kind="sample")) == ["miner"]
    assert ids(ImageFindingFilter(priority=Priority.HIGH)) == ["CVE-1"]
    assert ids(ImageFindingFilter(category=Category.APPLICATION)) == ["CVE-2"]
    assert ids(ImageFindingFilter(name="openssl")) == ["CVE-1"]
    assert list_image_findings(estate.reading, image_id("unknown"), ImageFindingFilter(), PageRequest()) is None


def scan(number: int, state: ScanState = ScanState.COMPLETE, trigger: str = "push") -> ScanRecord:
    started = at(-24 * number)
    return ScanRecord(f"scan-{number:03}", trigger, "ALL", state, started, None, 1, 0, 2, 0)


def test_scans_come_newest_first_over_months(estate: FakeEstate) -> None:
    for number in range(60):
        estate.stores.scans.start(scan(number, trigger="push" if number % 2 else "schedule"))
    seen, cursor = [], ""
    while True:
        page = list_scans(estate.reading, ScanFilter(trigger="push"), PageRequest(7, cursor))
        seen += [record.id for record in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [f"scan-{number:03}" for number in range(1, 60, 2)]
    one = get_scan(estate.reading, "scan-004")
    assert one is not None
    assert one.record == scan(4, trigger="schedule")
    assert get_scan(estate.reading, "scan-404") is None


def test_settings_are_put_over_the_version_seen(estate: FakeEstate) -> None:
    assert get_settings(estate.reading).version == 0
    settings = structs.replace(Settings(), cycle=Cycle.THREE_DAYS, time_zone="Europe/Berlin")
    assert put_settings(estate.reading, settings, expected_version=0, by="ann").version == 1
    assert get_settings(estate.reading).settings == settings
    with pytest.raises(Conflict):
        put_settings(estate.reading, Settings(), expected_version=0, by="bob")
    with pytest.raises(InvalidValue, match="time zone"):
        put_settings(estate.reading, structs.replace(settings, time_zone="Mars/Base"), expected_version=1, by="ann")


def test_key_that_is_too_short_is_nothing_that_a_caller_can_put_right() -> None:
    cursors = CursorSigner(lambda: b"short")
    with pytest.raises(MissingSetting):
        cursors.seal("list", "position")
    with pytest.raises(MissingSetting):
        cursors.open("list", "AAAA")
