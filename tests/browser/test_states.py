"""What stands where nothing can be shown: loading, empty, failed, stale, partial and not scanned yet, all in words."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Route, expect

from pratique.model.image import ImageId
from tests.browser.conftest import Console
from tests.browser.seeded_estate import CLEAN, FAILED, PARTIAL, UNSCANNED, UNSUPPORTED

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]
EMPTY = '{"items": [], "next_cursor": null, "total": 0}'


def answer(body: str, status: int = 200) -> Callable[[Route], None]:
    kind = "application/json" if status == 200 else "application/problem+json"
    return lambda route: route.fulfill(status=status, body=body, content_type=kind)


def test_loading_is_said_in_words(console: Console) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    console.page.route("**/v1/vulnerabilities?**", hold)
    page = console.open("/system")
    expect(page.get_by_role("status").filter(has_text="Loading system vulnerabilities …")).to_be_visible()
    held[0].continue_()
    expect(console.rows().first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "pattern", "words"),
    [
        ("/system", "**/v1/vulnerabilities?**", "No vulnerability is known here"),
        ("/samples", "**/v1/samples?**", "No malicious sample is known here"),
        ("/images", "**/v1/images?**", "No image yet"),
        ("/scans", "**/v1/scans?**", "Nothing has been scanned yet"),
    ],
)
def test_empty_lists_say_what_that_means(console: Console, path: str, pattern: str, words: str) -> None:
    console.page.route(pattern, answer(EMPTY))
    page = console.open(path)
    expect(page.locator(".empty")).to_contain_text(words)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "The service failed"),
        (503, "The service is busy"),
        (403, "Your account may not do this"),
        (404, "There is nothing at this address"),
    ],
)
def test_failures_say_what_to_do_and_can_be_tried_again(console: Console, status: int, words: str) -> None:
    console.expected = (str(status),)
    console.page.route("**/v1/samples?**", answer('{"detail": "no"}', status))
    page = console.open("/samples")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Malicious samples could not be loaded")
    expect(alert).to_contain_text(words)
    console.page.unroute("**/v1/samples?**")
    alert.get_by_role("button", name="Try again").click()
    expect(console.rows().first).to_be_visible()


def test_being_offline_is_told(console: Console) -> None:
    console.expected = ("ERR_FAILED",)
    console.page.route("**/v1/images?**", lambda route: route.abort())
    page = console.open("/images")
    expect(page.get_by_role("alert")).to_contain_text("The API does not answer")


def test_what_is_stale_says_of_when_it_is(console: Console) -> None:
    console.expected = ("503",)
    page = console.open("/vulnerability/CVE-2025-10000")
    expect(page.get_by_role("heading", name="Description")).to_be_visible()
    page.get_by_role("link", name="Scan history").first.click()
    expect(page.locator("main h1")).to_have_text("Scan history")
    console.page.route("**/v1/vulnerabilities/CVE-2025-10000", answer("{}", 503))
    page.go_back()
    expect(page.get_by_text("Shown as of")).to_be_visible()
    expect(page.get_by_role("heading", name="Description")).to_be_visible()


def test_a_page_of_a_list_that_fails_keeps_the_rows_before_it(console: Console) -> None:
    console.expected = ("500",)
    page = console.open("/system")
    expect(console.rows()).to_have_count(50)
    console.page.route("**/v1/vulnerabilities?**cursor**", answer("{}", 500))
    page.get_by_role("button", name="Load more").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(console.rows()).to_have_count(50)
    console.page.unroute("**/v1/vulnerabilities?**cursor**")
    page.get_by_role("button", name="Load more").click()
    expect(console.rows()).not_to_have_count(50)


def test_empty_pages_before_the_end_are_gone_over(console: Console) -> None:
    pages = ['{"items": [], "next_cursor": "a", "total": null}', '{"items": [], "next_cursor": "b", "total": null}']

    def fulfil(route: Route) -> None:
        answer(pages.pop(0) if pages else EMPTY)(route)

    console.page.route("**/v1/images?**", fulfil)
    page = console.open("/images")
    expect(page.locator(".empty")).to_contain_text("No image yet")
    assert pages == []


@pytest.mark.parametrize(
    ("image", "risk", "status", "words"),
    [
        (PARTIAL, "Not known", "Partial", "A layer could not be read"),
        (UNSUPPORTED, "Not known", "Not supported", "Finding nothing here means nothing"),
        (FAILED, "Low", "Failed", "the registry answered 404"),
        (UNSCANNED, "Not scanned yet", "Not scanned yet", "Start one with Scan now"),
        (CLEAN, "Clean", "Complete", "Nothing was left out"),
    ],
)
def test_image_says_what_its_scan_is_worth(
    console: Console, image: ImageId, risk: str, status: str, words: str
) -> None:
    console.expected = ("404",)  # of an image that no scan has read there are no layers to tell of
    page = console.open(f"/images?repository={image.repository}")
    row = console.rows()
    expect(row.locator(".chip")).to_have_text([risk, status])
    tones = [chip.get_attribute("class") or "" for chip in row.locator(".chip").all()]
    assert any("good" in tone for tone in tones) is (image is CLEAN)
    page.goto(f"{console.base}/image/{quote(str(image), safe='')}")
    coverage = page.get_by_role("region", name="What the last scan saw")
    expect(coverage).to_contain_text(status)
    expect(coverage).to_contain_text(words)


def test_missing_things_have_a_page(console: Console) -> None:
    console.expected = ("404",)
    page = console.open("/nothing/here")
    expect(page.locator("main h1")).to_have_text("There is no such page")
    page.get_by_role("link", name="Go to the overview").click()
    expect(page.locator("main h1")).to_have_text("Overview")
    console.open("/vulnerability/CVE-1999-0000")
    expect(page.get_by_role("alert")).to_contain_text("There is nothing at this address")


def test_fields_that_an_older_api_lacks_are_words_and_not_blank(console: Console) -> None:
    console.page.route("**/v1/vulnerabilities/CVE-2025-1", answer('{"id": "CVE-2025-1", "images": {"high": 1}}'))
    console.page.route("**/v1/vulnerabilities/CVE-2025-1/images?**", answer(EMPTY))
    page = console.open("/vulnerability/CVE-2025-1")
    facts = page.get_by_role("region", name="Basic information").locator("dd")
    expect(facts.first).to_be_visible()
    assert all(text.strip() for text in facts.all_inner_texts())
    expect(page.get_by_text("No source has rated it.")).to_be_visible()
