"""How soon a list of a hundred rows is on the page after the API's answer, and what a first visit transfers.

    python -m benchmarks.first_paint [ROUNDS]

Needs Chromium and `make setup`.  Each round is a visit with an empty cache.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.seeded_system import seeded_system

_ROWS = 100
_MEASURE = """() => {
  const marks = performance.getEntriesByType('mark');
  const answered = marks.filter(m => m.name === 'api-answer' && m.detail === '/vulnerabilities').at(-1).startTime;
  const drawn = marks.filter(m => m.name === 'rows-drawn').at(-1).startTime;
  const sent = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return [drawn - answered, sent.reduce((sum, e) => sum + e.transferSize, 0), sent.length];
}"""


def visit(browser: Browser, base: str) -> tuple[float, int, int]:
    """Return milliseconds from answer to rows, bytes and requests of one visit."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    answer = page.request.get(f"{base}/v1/vulnerabilities?limit={_ROWS}").json() | {"next_cursor": None}
    assert len(answer["items"]) == _ROWS
    page.route("**/v1/vulnerabilities?**", lambda route: route.fulfill(json=answer))
    page.goto(f"{base}/system?rows={_ROWS}")
    page.wait_for_selector(f"main table.rows tbody tr:nth-child({_ROWS})")
    milliseconds, size, requests = page.evaluate(_MEASURE)
    page.close()
    return milliseconds, size, requests


def main() -> None:
    """Visit and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with (
        tempfile.TemporaryDirectory() as folder,
        seeded_system(Path(folder)) as estate,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visits = [visit(browser, estate.system.addresses.api) for _ in range(rounds)]
        browser.close()
    times = sorted(milliseconds for milliseconds, _, _ in visits)
    print(
        f"rows after the answer: median {statistics.median(times):.0f} ms, worst {times[-1]:.0f} ms of {rounds} visits"
    )
    print(f"first visit: {max(size for _, size, _ in visits) / 1000:.0f} kB in {visits[0][2]} requests")


if __name__ == "__main__":
    main()
