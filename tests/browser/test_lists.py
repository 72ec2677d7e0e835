"""The three lists and the images: columns, filters in the address, back and forward, more rows in the same place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/system", ["Vulnerability", "Priority", "Affected images", "Characteristics", "Last scan"]),
        ("/application", ["Vulnerability", "Priority", "Affected images", "Characteristics", "Last scan"]),
        ("/samples", ["Sample", "Level", "Affected images", "First scan", "Last scan", "Processing status"]),
        ("/images", ["Image", "Risk", "Vulnerabilities", "Samples", "Coverage", "Last scan"]),
        ("/scans", ["Scope", "Started by", "Started", "Took", "State", "Progress"]),
    ],
)
def test_list_has_its_columns(console: Console, path: str, columns: list[str]) -> None:
    page = console.open(path)
    expect(console.rows().first).to_be_visible()
    assert page.get_by_role("columnheader").all_inner_texts() == columns


def test_row_says_everything_of_a_vulnerability(console: Console) -> None:
    (found,) = console.estate.vulnerabilities(name="CVE-2025-10000")
    console.open("/system?name=CVE-2025-10000")
    expect(console.rows()).to_have_count(1)
    row = console.rows().inner_text()
    for word in (
        "CVE-2025-10000",
        "GHSA-cve-2025-10000",
        "Known exploited",
        "CVSS 9.8",
        "EPSS",
        "nvd",
        "Fix available",
        "ago",
    ):
        assert word in row
    counts = console.rows().locator(".count").all_inner_texts()
    assert counts == [f"{found['images'][name]} {name}" for name in ("high", "medium", "low")]


@pytest.mark.parametrize(
    ("path", "label", "choice", "asked"),
    [
        ("/system", "Priority", "Medium", {"priority": "medium"}),
        ("/system", "Known exploited", "Yes", {"known_exploited": "true"}),
        ("/system", "Fix available", "No", {"fix_available": "false"}),
        ("/application", "Order", "Last scan", {"sort": "last_scan"}),
    ],
)
def test_choices_filter_the_vulnerabilities(
    console: Console, path: str, label: str, choice: str, asked: dict[str, str]
) -> None:
    page = console.open(path)
    page.get_by_label(label, exact=True).select_option(label=choice)
    ((name, value),) = asked.items()
    page.wait_for_url(re.compile(f"{name}={value}"))
    wanted = console.estate.vulnerabilities(category=path.strip("/"), **asked)[:50]
    expect(page.locator("main .name").first).to_have_text(wanted[0]["id"])
    assert console.names() == [row["id"] for row in wanted]


@pytest.mark.parametrize(
    ("path", "route", "label", "value", "asked", "key"),
    [
        ("/system", "/v1/vulnerabilities?category=system", "Repository", "shop/web", "repository", "id"),
        ("/system", "/v1/vulnerabilities?category=system", "Repository like", "storfront", "repository_name", "id"),
        ("/system", "/v1/vulnerabilities?category=system", "Namespace", "payments", "namespace", "id"),
        ("/system", "/v1/vulnerabilities?category=system", "Instance ID", "444455556666.us-east-1", "instance", "id"),
        ("/system", "/v1/vulnerabilities?category=system", "Package", "openssl", "package", "id"),
        ("/samples", "/v1/samples?", "Repository", "hostile/names", "repository", "name"),
        ("/images", "/v1/images?", "Repository", "states/partial", "repository", ""),
    ],
)
def test_texts_filter_the_lists(  # noqa: PLR0917 - a table
    console: Console, path: str, route: str, label: str, value: str, asked: str, key: str
) -> None:
    page = console.open(path)
    page.get_by_text("More filters").click()
    page.get_by_label(label, exact=True).fill(value)
    page.get_by_label(label, exact=True).press("Enter")
    page.wait_for_url(re.compile(f"{asked}="))
    base, _, query = route.partition("?")
    wanted = console.estate.get(base, limit="50", **dict([query.split("=")] if query else []), **{asked: value})
    expect(console.rows()).to_have_count(min(50, wanted["total"] or len(wanted["items"])))
    if key == "id":
        assert console.names() == [row[key] for row in wanted["items"]]
    page.get_by_role("button", name=re.compile(f"^{label}:")).click()
    expect(page.get_by_role("list", name="Filters")).to_have_count(0)
    assert console.address == path


def test_digest_filters_to_one_image(console: Console) -> None:
    image = console.estate.get("/v1/images", limit="1", repository="shop/web")["items"][0]
    console.open(f"/system?digest={image['digest']}")
    wanted = console.estate.vulnerabilities(category="system", digest=image["digest"])
    expect(console.rows()).to_have_count(len(wanted))


def test_samples_are_filtered_by_level_and_status(console: Console) -> None:
    page = console.open("/samples")
    page.get_by_label("Level", exact=True).select_option(label="Warning")
    page.wait_for_url(re.compile("level=warning"))
    wanted = console.estate.get("/v1/samples", level="warning")
    expect(console.rows()).to_have_count(wanted["total"])
    page.get_by_label("Processing status").select_option(label="Allow-listed")
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    assert console.address == "/samples"


def test_names_are_found_in_spite_of_typing_errors(console: Console) -> None:
    page = console.open("/samples")
    page.get_by_label("Name or hash").fill("cryptominr")
    expect(console.rows()).to_have_count(1)
    expect(console.rows().first).to_contain_text("cryptominer")


def test_link_shows_the_same_view_and_back_and_forward_work(console: Console) -> None:
    page = console.open("/system")
    page.get_by_label("Priority", exact=True).select_option(label="Low")
    page.wait_for_url(re.compile("priority=low"))
    page.get_by_role("searchbox").fill("openssl")
    page.wait_for_url(re.compile("name=openssl"))
    console.settle()
    both = console.names()
    link = console.address
    page.go_back()
    page.wait_for_url(re.compile("priority=low$"))
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("Priority", exact=True)).to_have_value("")
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("searchbox")).to_have_value("openssl")
    other = page.context.new_page()
    other.goto(console.base + link)
    expect(other.locator("main .name")).to_have_text(both)
    other.close()


def test_more_rows_keep_the_place_and_come_back(console: Console) -> None:
    page = console.open("/system")
    expect(console.rows()).to_have_count(50)
    total = console.estate.get("/v1/vulnerabilities", category="system")["total"]
    expect(page.get_by_text(f"50 of {total} rows shown.")).to_be_visible()
    page.mouse.wheel(0, 100_000)
    more = page.get_by_role("button", name="Load more")
    more.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    more.click()
    expect(console.rows()).to_have_count(total)
    assert abs(page.evaluate("scrollY") - before) < 5
    expect(page.get_by_text(f"All {total} rows shown.")).to_be_visible()
    names = console.names()
    console.rows().nth(total - 5).get_by_role("link").click()
    expect(page.locator("main h1")).to_have_text(names[total - 5])
    page.go_back()
    expect(console.rows()).to_have_count(total)
    assert page.evaluate("scrollY") > 1000
    page.reload()
    expect(console.rows()).to_have_count(total)
    assert console.names() == names
