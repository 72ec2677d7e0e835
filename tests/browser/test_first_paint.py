"""What the first paint of a list costs: bytes are asserted, milliseconds are for the benchmark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]
MOST_BYTES = 200_000


@pytest.mark.parametrize("path", ["/system", "/samples", "/images"])
def test_list_is_painted_with_little_transfer(console: Console, path: str) -> None:
    # A cold cache, as for somebody who comes for the first time.
    page = console.page
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    console.open(path)
    expect(console.rows().first).to_be_visible()
    console.settle()
    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(e => [e.name, e.transferSize])"
    )
    assert len(sizes) > 10
    # The flag in the side and that of the tab are one file, which is fetched once.
    assert [name.rpartition("/")[2] for name, size in sizes if not size] in ([], ["flag.svg"])
    assert sum(size for _, size in sizes) < MOST_BYTES


def test_everything_comes_from_this_origin(console: Console) -> None:
    page = console.open("/")
    console.settle()
    names = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert {name.split("/", 3)[2] for name in names} == {console.base.split("/", 3)[2]}
