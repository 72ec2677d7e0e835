"""Scan now, and the settings: what a person does, and what comes of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from pratique.model.image import ImageId
from tests.browser.conftest import Console

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]


def test_scan_now_estimates_starts_moves_and_ends(console: Console, pushed: ImageId) -> None:
    page = console.open("/")
    page.get_by_role("button", name="Scan now").click()
    dialog = page.get_by_role("dialog", name="Scan now")
    expect(dialog.get_by_text("Estimate")).to_be_visible()
    dialog.get_by_label("One repository").check()
    dialog.get_by_role("button", name="Start scan").click()
    expect(dialog.get_by_text("Say what to scan.")).to_be_visible()
    dialog.get_by_label("Repository", exact=True).fill(f"{pushed.instance}/{pushed.repository}")
    expect(dialog.get_by_text("1 image in this scope now.")).to_be_visible()
    dialog.get_by_role("button", name="Start scan").click()
    expect(dialog.get_by_role("progressbar")).to_be_visible()
    # The starter data makes every scan partial, and says so.
    expect(dialog.get_by_text("Partial", exact=True)).to_be_visible(timeout=45_000)
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_have_count(0)
    scope = f"R#{pushed.instance}/{pushed.repository}"
    assert console.estate.get("/v1/scans", scope=scope)["items"][0]["state"] == "partial"


def test_running_scan_is_stopped_from_its_progress(console: Console) -> None:
    page = console.open("/scans?state=running")
    row = console.rows().filter(has_text="shop/web")
    identifier = row.locator(".mono").inner_text()
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("17 of 40 images")
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog.get_by_text("Stopped", exact=True)).to_be_visible()
    expect(dialog.get_by_role("button", name="Stop")).to_have_count(0)
    assert console.estate.get(f"/v1/scans/{identifier}")["state"] == "stopped"


def test_scan_of_one_image_starts_from_its_page(console: Console, pushed: ImageId) -> None:
    page = console.open("/images?repository=pushed/app")
    console.rows().first.get_by_role("link").click()
    page.get_by_role("main").get_by_role("button", name="Scan now").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("One image")).to_be_checked()
    expect(dialog.get_by_label("Image", exact=True)).to_have_value(str(pushed))


def test_scan_that_is_refused_says_why(console: Console) -> None:
    console.expected = ("400", "422")
    page = console.open("/")
    page.get_by_role("button", name="Scan now").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("One image").check()
    dialog.get_by_label("Image", exact=True).fill("nonsense")
    dialog.get_by_role("button", name="Start scan").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The scan was not started")


def test_settings_have_the_four_cycles_and_the_five_windows(console: Console) -> None:
    page = console.open("/")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    cycles = dialog.get_by_role("group", name="Scan cycle").get_by_role("radio")
    windows = dialog.get_by_role("group", name="Time of the day").get_by_role("radio")
    expect(cycles).to_have_count(4)
    expect(windows).to_have_count(5)
    assert [one.get_attribute("value") for one in cycles.all()] == ["3d", "1w", "2w", "stop"]
    assert [one.get_attribute("value") for one in windows.all()] == ["00-24", "00-06", "06-12", "12-18", "18-24"]
    expect(dialog.get_by_text("Next start")).to_contain_text("Next start")
    expect(dialog.locator(".estimate")).to_contain_text("20")


def test_settings_are_saved(console: Console) -> None:
    page = console.open("/")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Every 2 weeks").check()
    dialog.get_by_label("Morning").check()
    dialog.get_by_label("Time zone").fill("Europe/Berlin")
    dialog.get_by_label("Repositories that are left out").fill("scratch/*\n\n tmp/* ")
    dialog.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("status").filter(has_text="Settings are saved.")).to_be_visible()
    saved = console.estate.get("/v1/settings")
    assert (saved["cycle"], saved["window"], saved["time_zone"]) == ("2w", "06-12", "Europe/Berlin")
    assert saved["exclude"] == ["scratch/*", "tmp/*"]


def test_settings_that_are_not_valid_say_which(console: Console) -> None:
    console.expected = ("400", "422")
    page = console.open("/")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Time zone").fill("Atlantis/Capital")
    dialog.get_by_role("button", name="Save settings").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The settings were not saved")
    expect(dialog.get_by_role("alert")).to_contain_text("time_zone is not the name of a time zone")


def test_settings_that_somebody_else_changed_are_settled(console: Console) -> None:
    console.expected = ("409", "412")
    page = console.open("/")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Every 3 days").check()
    console.put_settings(cycle="1w")
    dialog.get_by_role("button", name="Save settings").click()
    expect(dialog.get_by_text("Somebody else changed the settings")).to_be_visible()
    dialog.get_by_role("button", name="Save mine").click()
    expect(dialog).to_have_count(0)
    assert console.estate.get("/v1/settings")["cycle"] == "3d"


def test_finding_is_suppressed_with_a_reason_and_comes_back(console: Console, pushed: ImageId) -> None:
    page = console.open(f"/image/{quote(str(pushed), safe='')}?tab=findings")
    expect(console.rows().first).to_be_visible()
    name = console.names()[0]
    page.get_by_role("button", name=f"Suppress {name}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Vulnerability")).to_have_value(name)
    expect(dialog.get_by_label("Repository")).to_have_value(pushed.repository)
    dialog.get_by_role("button", name="Suppress", exact=True).click()
    expect(dialog.get_by_text("Write a reason.")).to_be_visible()
    dialog.get_by_label("Reason").fill("not reachable from outside")
    dialog.get_by_label("Until").fill("2099-12-31")
    dialog.get_by_role("button", name="Suppress", exact=True).click()
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Suppressions").click()
    row = console.rows().filter(has_text=name)
    for words in ("not reachable from outside", "31 Dec 2099", pushed.repository, "Active"):
        expect(row).to_contain_text(words)
    row.get_by_role("button", name=f"End the suppression of {name}").click()
    expect(row).to_contain_text("Ended")
    assert {one["state"] for one in console.estate.get("/v1/suppressions", vulnerability=name)["items"]} == {"removed"}
