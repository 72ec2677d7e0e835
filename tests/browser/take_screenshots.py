"""Takes the README's pictures: overview, a list, a detail, an image's layers and the settings, in both themes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.running_system import PROJECT
from tests.browser.seeded_estate import PAIR
from tests.browser.seeded_system import seeded_system

TARGET = PROJECT / "docs" / "screenshots"
VIEWS = {
    "overview": "/",
    "list": "/system?priority=high",
    "detail": "/vulnerability/CVE-2025-10000",
    "layers": f"/image/{quote(str(PAIR[1]), safe='')}",
    "settings": "/scans",
}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(page: Page, base: str, name: str, theme: str) -> None:
    """Take one picture."""
    page.goto(base + VIEWS[name])
    page.locator("main h1").wait_for()
    if name == "settings":
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("dialog").get_by_role("radio").first.wait_for()
    if name == "overview":
        page.locator("canvas").wait_for()
    expect(page.locator(".waiting")).to_have_count(0)
    page.mouse.move(0, 0)
    page.screenshot(path=TARGET / f"{name}-{theme}.png")


def main() -> None:
    """Take them all."""
    TARGET.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        seeded_system(Path(folder)) as estate,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-lcd-text"])
        for theme in THEMES:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=theme, locale="en-GB")
            for name in VIEWS:
                take(page, estate.system.addresses.api, name, theme)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
