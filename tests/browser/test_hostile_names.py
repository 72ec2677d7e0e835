"""Names that want to be markup, to run backwards, to push everything aside: all of them are text."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.seeded_estate import EMOJI, HOSTILE_IDS, HOSTILE_IMAGE, LONG, MARKUP

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]
ADDRESSES = (
    "/application?name=HOSTILE",
    "/samples",
    *(f"/vulnerability/{name}" for name in HOSTILE_IDS),
    f"/image/{quote(str(HOSTILE_IMAGE), safe='')}?tab=findings",
    f"/image/{quote(str(HOSTILE_IMAGE), safe='')}?tab=samples",
)


@pytest.mark.parametrize("address", ADDRESSES, ids=range(len(ADDRESSES)))
def test_nothing_becomes_markup_or_breaks_the_page(console: Console, address: str) -> None:
    page = console.open(address)
    console.settle()
    assert page.locator("main script, main img, main iframe").count() == 0
    assert "broken" not in page.title().replace(MARKUP, "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "\u202e" not in page.locator("main").inner_text()


def test_names_are_shown_whole(console: Console) -> None:
    page = console.open(f"/vulnerability/{HOSTILE_IDS[0]}")
    expect(page.locator(".lead")).to_have_text(MARKUP)
    console.open(f"/vulnerability/{HOSTILE_IDS[1]}")
    expect(page.locator(".lead")).to_have_text("safeU+202Egpj.exeU+202C name")
    console.open(f"/vulnerability/{HOSTILE_IDS[2]}")
    expect(page.locator(".lead")).to_have_text(LONG)
    console.open(f"/vulnerability/{HOSTILE_IDS[3]}")
    expect(page.locator(".lead")).to_have_text(EMOJI)


def test_references_that_are_no_web_addresses_are_no_links(console: Console) -> None:
    page = console.open(f"/vulnerability/{HOSTILE_IDS[0]}")
    expect(page.get_by_text("javascript:alert(1)")).to_be_visible()
    links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
    assert not [link for link in links if link.lower().startswith("javascript")]


def test_filters_with_markup_are_text(console: Console) -> None:
    page = console.open(f"/system?name={quote(MARKUP)}")
    expect(page.get_by_role("searchbox")).to_have_value(MARKUP)
    expect(page.get_by_role("list", name="Filters")).to_contain_text(MARKUP)
