"""The first page says what the API says, and every plot has its table."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("browser")]


def test_images_by_risk_add_up_and_lead_to_their_list(console: Console) -> None:
    page = console.open("/")
    images = console.estate.get("/v1/overview")["images"]
    card = page.get_by_role("region", name="Images by risk")
    expect(card.locator(".big")).to_contain_text(str(images["total"]))
    words = [("high", "high"), ("medium", "medium"), ("low", "low"), ("clean", "clean"), ("unknown", "not known")]
    expect(card.get_by_role("listitem")).to_have_text([f"{images[name]} {word}" for name, word in words])
    expect(card).to_contain_text("that is not clean")
    card.get_by_role("link", name="not known").click()
    expect(page.get_by_label("Risk", exact=True)).to_have_value("unknown")
    expect(console.rows()).to_have_count(images["unknown"])


def test_vulnerabilities_by_category_and_priority(console: Console) -> None:
    page = console.open("/")
    totals = console.estate.get("/v1/overview")["vulnerabilities"]
    # Exactly: "Top vulnerabilities" holds the name too, and may be there first.
    rows = page.get_by_role("table", name="Vulnerabilities", exact=True).get_by_role("row")
    for index, category in enumerate(("system", "application"), start=1):
        cells = [str(totals[category][name]) for name in ("high", "medium", "low")]
        expect(rows.nth(index).get_by_role("cell")).to_have_text(cells)


def test_trend_is_drawn_with_a_table_behind_it(console: Console) -> None:
    page = console.open("/")
    card = page.get_by_role("region", name="Findings over time")
    expect(card.get_by_role("img")).to_be_visible()
    expect(card.locator("canvas")).to_be_visible()
    days = console.estate.get("/v1/trend", days="90")["items"]
    card.get_by_text("The same as a table").click()
    rows = card.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(len(days) + 1)
    last = days[-1]
    numbers = [
        last["vulnerabilities"]["system"][name] + last["vulnerabilities"]["application"][name]
        for name in ("high", "medium", "low")
    ]
    assert rows.nth(1).get_by_role("cell").all_inner_texts()[:3] == [str(number) for number in numbers]


def test_worst_vulnerabilities_and_repositories_come_first(console: Console) -> None:
    page = console.open("/")
    top = page.get_by_role("table", name="Top vulnerabilities").locator(".name")
    worst = console.estate.get("/v1/vulnerabilities", limit="8")["items"]
    expect(top).to_have_text([row["id"] for row in worst])
    repositories = page.get_by_role("table", name="Top repositories").locator(".name")
    wanted = console.estate.get("/v1/repositories", limit="8")["items"]
    expect(repositories).to_have_text([row["repository"] for row in wanted])


def test_age_of_the_advisory_data_and_running_scans_are_told(console: Console) -> None:
    page = console.open("/")
    expect(page.get_by_role("region", name="Advisory data")).to_contain_text("starter set")
    running = page.get_by_role("region", name="Scans running")
    expect(running.get_by_role("progressbar").first).to_be_visible()
    expect(running).to_contain_text("17 of 40 images")
