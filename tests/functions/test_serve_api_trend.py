"""The routes behind the console's first page."""

from __future__ import annotations

import pytest

from pratique.model.severity import Priority
from pratique.services.record_day import RecordDay
from tests.finding_builder import image_id, report, sample
from tests.functions.api_client import Api, api

__all__ = ["api"]


@pytest.fixture
def estate(api: Api) -> Api:
    kept = api.estate
    kept.scan(image_id("a", "team/one"), report({"CVE-1": Priority.LOW}))
    kept.scan(image_id("b", "team/two"), report({"CVE-1": Priority.HIGH}, [sample("miner")]))
    kept.scan(image_id("c", "solo"), report())
    kept.settle()
    return api


def test_trend_has_a_day_for_every_record(estate: Api) -> None:
    RecordDay(estate.estate.stores.counts, estate.estate.stores.trend, estate.estate.clock)()
    (day,) = estate.get("/v1/trend", days="7").body["items"]
    assert day["day"] == "2026-03-01"
    assert day["images"] == {"total": 3, "high": 1, "medium": 0, "low": 1, "clean": 1, "unknown": 0}
    assert day["vulnerabilities"]["system"] == {"high": 1, "medium": 0, "low": 0}
    assert day["samples"] == {"urgent": 1, "warning": 0, "notice": 0}


@pytest.mark.parametrize("days", ["0", "401", "x"])
def test_trend_refuses_days_that_are_none(api: Api, days: str) -> None:
    assert api.get("/v1/trend", days=days).status == 422


def test_repositories_at_most_risk_come_first(estate: Api) -> None:
    page = estate.get("/v1/repositories", limit="2").body
    assert [row["repository"] for row in page["items"]] == ["team/two", "team/one"]
    assert page["items"][0]["images"]["high"] == 1
    assert page["total"] == 3
    rest = estate.get("/v1/repositories", limit="2", cursor=page["next_cursor"]).body
    assert ([row["repository"] for row in rest["items"]], rest["next_cursor"]) == (["solo"], None)


def test_repositories_are_filtered(estate: Api) -> None:
    assert [row["repository"] for row in estate.get("/v1/repositories", namespace="").body["items"]] == ["solo"]
    assert [row["repository"] for row in estate.get("/v1/repositories", name="two").body["items"]] == ["team/two"]
