"""axe-core finds nothing in either theme; the keyboard reaches everything; nothing is cut off from 360 to 2560 px."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.running_system import PROJECT
from tests.browser.seeded_estate import HOSTILE_IMAGE, PAIR, PARTIAL

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]
AXE = PROJECT / ".pratique" / "axe" / "axe.js"


def image(of: object, tab: str) -> str:
    return f"/image/{quote(str(of), safe='')}?tab={tab}"


VIEWS = {
    "overview": "/",
    "system": "/system?package=openssl",
    "filtered": "/application?name=HOSTILE&package=x",
    "samples": "/samples",
    "images": "/images?namespace=states",
    "scans": "/scans",
    "suppressions": "/suppressions",
    "vulnerability": "/vulnerability/CVE-2025-10000",
    "layers": image(PAIR[1], "layers"),
    "findings": image(PAIR[1], "findings"),
    "partial": image(PARTIAL, "samples"),
    "plan": image(PAIR[1], "plan"),
    "compare": image(PAIR[1], f"compare&with={quote(str(PAIR[0].digest), safe='')}"),
    "hostile": image(HOSTILE_IMAGE, "samples"),
}


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core; skips where it was not fetched."""
    if not AXE.exists():
        pytest.skip("axe-core is not there: run `python requirements/take_npm_files.py .pratique/axe`")
    return AXE.read_text()


def violations(page: Page, axe: str, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds, on a page that may run no script but its own: it is put in over the debugger."""
    page.evaluate(axe)
    found = page.evaluate("options => axe.run(document, options)", options or {})
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


def in_both_themes(page: Page, axe: str) -> list[str]:
    found = violations(page, axe)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    found += violations(page, axe, {"runOnly": ["color-contrast"]})
    page.evaluate("delete document.documentElement.dataset.theme")
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_view_has_no_violation(console: Console, axe: str, view: str) -> None:
    page = console.open(VIEWS[view])
    console.settle()
    assert in_both_themes(page, axe) == []


@pytest.mark.parametrize("name", ["Scan now", "Settings"])
def test_dialog_has_no_violation(console: Console, axe: str, name: str) -> None:
    page = console.open("/scans")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("dialog").get_by_role("radio").first).to_be_visible()
    assert in_both_themes(page, axe) == []


def test_status_dialog_and_sample_have_no_violation(console: Console, axe: str) -> None:
    row = console.estate.get("/v1/samples", name="cryptominer")["items"][0]
    page = console.open(f"/sample/{row['sha256']}")
    page.get_by_role("button", name="Change status").click()
    assert in_both_themes(page, axe) == []


@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_nothing_is_wider_than_the_window(console: Console, width: int) -> None:
    page = console.page
    page.set_viewport_size({"width": width, "height": 900})
    for view in ("overview", "system", "samples", "images", "scans", "vulnerability", "layers", "findings"):
        console.open(VIEWS[view])
        console.settle()
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
            " && !e.closest('.unseen, .scrolled, thead, pre')).map(e => e.outerHTML.slice(0, 120)).slice(0, 3)"
        )
        assert (view, wide) == (view, [])


def test_narrow_page_keeps_its_sections_behind_a_button(console: Console, axe: str) -> None:
    page = console.page
    page.set_viewport_size({"width": 360, "height": 800})
    console.open("/system?package=openssl")
    console.settle()
    assert violations(page, axe) == []
    menu = page.get_by_role("button", name="Menu")
    expect(page.get_by_role("link", name="Malicious Samples")).to_be_hidden()
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="Malicious Samples").click()
    expect(page.locator("main h1")).to_contain_text("Malicious samples")


def test_everything_is_reached_by_keyboard_with_a_visible_focus(console: Console) -> None:
    page = console.open("/system")
    console.settle()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    seen = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", seen[-1]
    assert len(set(seen)) == len(seen)


def test_a_new_page_takes_the_focus_to_its_title(console: Console) -> None:
    page = console.open("/system")
    console.settle()
    page.get_by_role("link", name="Malicious Samples").press("Enter")
    expect(page.locator("main h1")).to_be_focused()
    expect(page).to_have_title("Malicious samples 10 · pratique")


def test_theme_is_chosen_and_kept(console: Console) -> None:
    page = console.open("/scans")
    page.get_by_label("Colours").select_option(label="Dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_label("Colours").select_option(label="As the system")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
