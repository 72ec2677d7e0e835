"""A browser on the console of a running, seeded local system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect, sync_playwright

from pratique.model.image import ImageId
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.running_system import PROJECT
from tests.browser.seeded_system import seeded_system
from tests.end_to_end.estate import Estate
from tests.end_to_end.test_push_to_query import BASE, CHANGE
from tests.image_builder import build_layout

WAIT_MS = 15_000
ANSWERED = {"version", "last_start", "next_start"}
"""What the settings' answer has and their body has not."""

SIZE: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """The running system; skips where a part of it is not installed."""
    if not (PROJECT / ".venv-endpoint" / "bin" / "ministack").exists():
        pytest.skip("the embedded endpoint is not installed: run `make setup`")
    with seeded_system(tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="session")
def pushed(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> ImageId:
    """A real image of two layers, pushed and scanned."""
    layout = tmp_path_factory.mktemp("image") / "layout"
    build_layout(layout, [BASE, CHANGE], created_by=["FROM debian:12", "RUN pip install --upgrade requests"])
    return estate.scan(layout, "pushed/app")


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    """Debian's Chromium, headless; skips where there is none."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = running.new_context(viewport=SIZE, locale="en-GB", timezone_id="UTC")
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(WAIT_MS)
        yield context
        running.close()


@dataclass
class Console:
    """The console in one tab: ``open`` goes to an address, ``page`` is Playwright's."""

    page: Page
    base: str
    estate: Estate
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def open(self, path: str = "/") -> Page:
        """Go there and wait for the view's title."""
        self.page.goto(self.base + path)
        expect(self.page.locator("main h1")).to_be_visible()
        return self.page

    def settle(self) -> None:
        """Wait until nothing is loading any more."""
        expect(self.page.locator(".waiting")).to_have_count(0)

    @property
    def address(self) -> str:
        """Path and query."""
        return self.page.url.removeprefix(self.base)

    def put_settings(self, **changes: str) -> None:
        """Change the settings behind the page's back."""
        read = self.estate.call("GET", "/v1/settings")
        body = {name: value for name, value in read.json.items() if name not in ANSWERED} | changes
        answer = self.estate.call("PUT", "/v1/settings", body, if_match=read.headers["etag"])
        assert answer.status == 200, answer

    def rows(self) -> Any:
        """The rows of the list."""
        return self.page.locator("main table.rows tbody tr")

    def names(self) -> list[str]:
        """What heads the rows."""
        self.settle()
        texts: list[str] = self.page.locator("main table.rows tbody tr th .name").all_inner_texts()
        return texts


@pytest.fixture
def console(browser: BrowserContext, estate: Estate) -> Iterator[Console]:
    """A new tab.  What the browser complains about fails the test, unless it says that it is expected."""
    page = browser.new_page()
    opened = Console(page, estate.system.addresses.api, estate)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: opened.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    yield opened
    page.close()
    left = [one for one in opened.complaints if not any(part in one for part in opened.expected)]
    assert not left, left
