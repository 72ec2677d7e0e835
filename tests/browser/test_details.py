"""The library page, one sample, one image: what is there, and what can be done."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from pratique.model.image import ImageId
from tests.browser.conftest import Console
from tests.browser.seeded_estate import PAIR, UNSCANNED

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]


def image_address(image: ImageId, query: str = "") -> str:
    return f"/image/{quote(str(image), safe='')}{query}"


def test_library_page_tells_what_is_known(console: Console) -> None:
    page = console.open("/system?name=CVE-2025-10000")
    page.get_by_role("link", name="CVE-2025-10000").click()
    expect(page.locator("main h1")).to_have_text("CVE-2025-10000")
    expect(page.get_by_text("This flaw is being exploited")).to_be_visible()
    for title in (
        "Description",
        "Solution",
        "Affected images",
        "What each source says",
        "References",
        "Basic information",
    ):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    facts = page.get_by_role("region", name="Basic information").inner_text()
    for word in ("Critical", "9.8", "EPSS", "GHSA-cve-2025-10000", "1 Jan 2024", "CWE-416 Use After Free", "CWE-1188"):
        assert word in facts
    expect(page.get_by_role("table", name="What each source says")).to_contain_text("CVSS:3.1/AV:N")
    weakness = page.get_by_role("link", name="CWE-416 Use After Free")
    assert weakness.get_attribute("href") == "https://cwe.mitre.org/data/definitions/416.html"
    ratings = page.get_by_role("table", name="What each source says")
    ratings.locator("summary").first.click()
    expect(ratings).to_contain_text("From anywhere that reaches it over a network")
    link = page.get_by_role("link", name="https://example.org/advisory")
    assert "noopener" in (link.get_attribute("rel") or "")


def test_affected_image_has_command_impact_and_caution(console: Console) -> None:
    page = console.open("/vulnerability/CVE-2025-10000")
    first = page.locator("details.affected").first
    expect(first.get_by_role("heading", name="Caution")).to_be_visible()
    (row,) = console.estate.get("/v1/vulnerabilities/CVE-2025-10000/images", limit="1")["items"]
    expect(first.locator("pre")).to_have_text(row["fix_command"])
    first.get_by_role("button", name="Copy the fix command").click()
    expect(first.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == row["fix_command"]
    impact = first.get_by_role("table")
    assert impact.get_by_role("columnheader").all_inner_texts() == ["Software", "Fixed in", "Cause", "Path", "Layer"]
    for word in ("openssl", "var/lib/dpkg/status", "Layer 0", "ADD file:8b7a5d2f"):
        expect(impact).to_contain_text(word)


def test_finding_explains_itself(console: Console, pushed: ImageId) -> None:
    page = console.open(image_address(pushed, "?tab=findings"))
    expect(console.rows().first).to_be_visible()
    name = console.names()[0]
    page.get_by_role("button", name=f"Explain {name}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("table")).to_contain_text("Affected")
    expect(dialog).to_contain_text("Advisory database")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name=f"Explain {name}")).to_be_focused()


def test_sample_tells_what_it_does_and_where_it_is(console: Console, pushed: ImageId) -> None:
    page = console.open("/samples?repository=pushed/app")
    console.rows().first.get_by_role("link").click()
    for title in ("What it does", "Matched rules", "Files in images", "Processing status"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    files = page.get_by_role("region", name="Files in images")
    expect(files).to_contain_text("srv/upload/test.com")
    expect(files).to_contain_text(pushed.repository)
    expect(page.get_by_role("table", name="Matched rules").get_by_role("row")).not_to_have_count(1)


def test_sample_status_changes_with_a_reason_only(console: Console) -> None:
    row = console.estate.get("/v1/samples", name="webshell")["items"][0]
    page = console.open(f"/sample/{row['sha256']}")
    page.get_by_role("button", name="Change status").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Handled").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Write a reason.")).to_be_visible()
    assert console.estate.get(f"/v1/samples/{row['sha256']}")["status"] == "unhandled"
    dialog.get_by_label("Reason").fill("removed from the base image")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Status is now Handled.")).to_be_visible()
    panel = page.get_by_role("region", name="Processing status")
    expect(panel).to_contain_text("removed from the base image")
    expect(panel).to_contain_text("local operator")
    expect(page.get_by_role("region", name="History")).to_contain_text("removed from the base image")
    assert console.estate.get(f"/v1/samples/{row['sha256']}")["status"] == "handled"


def test_image_page_draws_the_layers(console: Console, pushed: ImageId) -> None:
    page = console.open("/images?repository=pushed/app")
    console.rows().first.get_by_role("link").click()
    expect(page.locator("main h1")).to_have_text("pushed/app:1.0")
    layers = page.locator("ol.layers > li")
    expect(layers).to_have_count(2)
    assert layers.locator("h2").all_inner_texts() == ["Layer 1", "Layer 0"]
    expect(layers.first).to_contain_text("RUN pip install --upgrade requests")
    lower, upper = console.estate.get(f"{console.estate.path(pushed)}/layers")["items"]
    expect(layers.first).to_contain_text(f"{upper['packages_brought']['total']} package brought in")
    expect(layers.first).to_contain_text(f"{upper['packages_removed']['total']} packages removed")
    expect(layers.last).to_contain_text(f"{lower['vulnerabilities']['medium']} medium")
    expect(layers.last).to_contain_text("1 urgent")
    layers.first.get_by_text("packages removed").click()
    expect(layers.first.get_by_text("PyYAML 5.1")).to_be_visible()
    expect(page.get_by_role("region", name="What the last scan saw")).to_contain_text("2 of 2")


def test_tabs_move_with_the_arrows_and_live_in_the_address(console: Console) -> None:
    page = console.open(image_address(PAIR[1]))
    page.get_by_role("tab", name="Layers").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Vulnerabilities")).to_be_focused()
    assert console.address.endswith("?tab=findings")
    expect(page.get_by_role("tabpanel")).to_contain_text("CVE-2025-")
    page.reload()
    expect(page.get_by_role("tab", name="Vulnerabilities")).to_have_attribute("aria-selected", "true")


def test_fixed_findings_of_an_image_are_found(console: Console, pushed: ImageId) -> None:
    page = console.open(image_address(pushed, "?tab=findings"))
    page.get_by_label("State").select_option(label="Fixed")
    expect(page.get_by_text("No finding in this state")).to_be_visible()


def test_samples_of_an_image(console: Console, pushed: ImageId) -> None:
    page = console.open(image_address(pushed, "?tab=samples"))
    expect(page.get_by_role("tabpanel")).to_contain_text("srv/upload/test.com")
    expect(page.get_by_role("tabpanel")).to_contain_text("Present in the image")


def test_fix_plan_has_steps_with_commands(console: Console, pushed: ImageId) -> None:
    plan = console.estate.get(f"{console.estate.path(pushed)}/fix-plan")
    page = console.open(image_address(pushed, "?tab=plan"))
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text(f"remove {plan['removed']} of {plan['findings']}")
    step = page.get_by_role("region", name="Step 1")
    expect(step.locator("pre")).to_have_text(plan["steps"][0]["command"])
    for found in plan["steps"][0]["removes"]:
        expect(step.get_by_role("link", name=found["id"])).to_be_visible()


def test_plan_without_an_inventory_says_what_to_do(console: Console) -> None:
    console.expected = ("404",)
    page = console.open(image_address(UNSCANNED, "?tab=plan"))
    expect(page.get_by_role("tabpanel")).to_contain_text("Scan the image again")


def test_packages_name_the_layer_that_brought_and_the_one_that_removed_them(console: Console, pushed: ImageId) -> None:
    page = console.open(image_address(pushed, "?tab=packages"))
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("row").filter(has_text="PyYAML")).to_contain_text("Removed or replaced in layer 1")
    panel.get_by_role("searchbox").fill("urllib3")
    expect(panel.get_by_role("row")).to_have_count(2)
    expect(panel.get_by_role("row").last).to_contain_text("In the image")


def test_two_images_of_a_repository_are_compared(console: Console) -> None:
    older, newer = PAIR
    ids = [
        {
            one["id"]
            for one in console.estate.get(f"{console.estate.path(image)}/findings", limit="100", state="open")["items"]
        }
        for image in PAIR
    ]
    page = console.open(image_address(newer, "?tab=compare"))
    page.get_by_label("Compare with").select_option(value=str(older.digest))
    for title, wanted in (("New here", ids[1] - ids[0]), ("Gone here", ids[0] - ids[1]), ("In both", ids[0] & ids[1])):
        names = page.get_by_role("region", name=f"{title}: {len(wanted)}").locator(".name")
        expect(names).to_have_count(len(wanted))
        assert set(names.all_inner_texts()) == wanted
    assert f"with={quote(str(older.digest), safe='')}" in console.address


@pytest.mark.parametrize(
    ("words", "ending", "begins"),
    [
        ("A page to read and print", ".html", "<!doctype html>"),
        ("A table (CSV)", ".csv", "kind,image,digest"),
        ("CycloneDX, packages and vulnerabilities", ".cdx.json", "{"),
    ],
)
def test_report_is_downloaded_in_its_format(
    console: Console, pushed: ImageId, words: str, ending: str, begins: str
) -> None:
    page = console.open(image_address(pushed, "?tab=reports"))
    page.get_by_role("tabpanel").get_by_role("combobox", name="Format").select_option(label=words)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download the report").click()
    assert caught.value.suggested_filename.endswith(ending)
    assert caught.value.path().read_text().lower().startswith(begins)


def test_everything_about_an_image_is_downloaded(console: Console, pushed: ImageId) -> None:
    page = console.open(image_address(pushed, "?tab=reports"))
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download everything as JSON").click()
    told = json.loads(caught.value.path().read_text())
    assert told["image"]["id"] == str(pushed)
    assert len(told["layers"]) == 2
    findings = console.estate.get(f"{console.estate.path(pushed)}/findings", limit="100")["items"]
    assert [one.get("id") or one["sha256"] for one in told["findings"]] == [
        one.get("id") or one["sha256"] for one in findings
    ]
