"""Every value of every filter, alone and with every value of every other one, against a slow oracle."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pratique.model.base_image import LayerOrigin
from pratique.model.finding import Category
from pratique.model.processing import ProcessingStatus
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.samples import SampleFilter, SampleSort, list_samples
from pratique.services.query.scope import ScopeFilter
from pratique.services.query.vulnerabilities import VulnerabilityFilter, VulnerabilitySort, list_vulnerabilities
from tests.fakes.estate import FakeEstate
from tests.unit.services.query.filter_oracle import (
    ELSEWHERE,
    IMAGES,
    Infected,
    Placed,
    estate,
    expected_samples,
    expected_vulnerabilities,
)

SCOPES: dict[str, tuple[Any, ...]] = {
    "instance": (IMAGES[0].instance, ELSEWHERE, "none"),
    "namespace": ("team", "", "platform", "none"),
    "repository": ("team/shop", "base", "none"),
    "digest": (IMAGES[0].digest, IMAGES[4].digest),
}
VULNERABILITIES: dict[str, tuple[Any, ...]] = {
    "category": tuple(Category),
    "priority": tuple(Priority),
    "name": ("OVERFLOW", "overfow", "use 1001", "cve-2024-101", "fee after", "nothing"),
    "repository_name": ("SHOP", "shpo", "team blog", "prox", "nothing"),
    "package": ("openssl", "curl", "none"),
    "epss_at_least": (0.0, 0.45, 1.0),
    "known_exploited": (True, False),
    "fix_available": (True, False),
    "origin": tuple(LayerOrigin),
    "sort": tuple(VulnerabilitySort),
}
MALWARE: dict[str, tuple[Any, ...]] = {
    "level": tuple(Level),
    "status": (ProcessingStatus.HANDLED, ProcessingStatus.UNHANDLED, ProcessingStatus.IGNORED),
    "name": ("MINER", "mimer", "rule 2", "nothing"),
    "repository_name": VULNERABILITIES["repository_name"],
    "sort": tuple(SampleSort),
}


def pairs(values: dict[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield no filter, every one alone, and every two together."""
    single = [(field, value) for field, several in values.items() for value in several]
    yield {}
    yield from ({field: value} for field, value in single)
    yield from (
        {first: one, second: other} for (first, one), (second, other) in itertools.combinations(single, 2)
        if first != second
    )  # fmt: skip


def filters(values: dict[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for chosen in pairs(SCOPES | values):
        scope = ScopeFilter(**{field: value for field, value in chosen.items() if field in SCOPES})
        yield {"scope": scope, **{field: value for field, value in chosen.items() if field not in SCOPES}}


def whole(ask: Callable[[PageRequest], Page[Any]]) -> tuple[list[Any], set[int | None]]:
    rows: list[Any] = []
    totals, cursor = set(), ""
    while True:
        page = ask(PageRequest(7, cursor))
        rows += page.items
        totals.add(page.total)
        if page.next_cursor is None:
            return rows, totals
        cursor = page.next_cursor


@pytest.fixture(scope="module")
def known() -> tuple[FakeEstate, list[Placed], list[Infected]]:
    return estate()


def test_vulnerabilities_by_every_two_filters(known: tuple[FakeEstate, list[Placed], list[Infected]]) -> None:
    made, placed, _ = known
    tried = answered = 0
    for chosen in filters(VULNERABILITIES):
        wanted = VulnerabilityFilter(**chosen)
        rows, totals = whole(lambda page, wanted=wanted: list_vulnerabilities(made.reading, wanted, page))  # type: ignore[misc]
        expected = expected_vulnerabilities(placed, wanted)
        assert [(row.id, row.priority, row.images_total, row.last_scan) for row in rows] == expected, wanted
        assert totals == {len(expected)}, wanted
        tried += 1
        answered += bool(expected)
    assert tried > 500
    assert answered > tried / 2


def test_samples_by_every_two_filters(known: tuple[FakeEstate, list[Placed], list[Infected]]) -> None:
    made, _, infected = known
    answered = 0
    for chosen in filters(MALWARE):
        wanted = SampleFilter(**chosen)
        rows, totals = whole(lambda page, wanted=wanted: list_samples(made.reading, wanted, page))  # type: ignore[misc]
        expected = expected_samples(infected, wanted)
        assert [(row.sha256, row.level, row.images_total, row.last_scan) for row in rows] == expected, wanted
        assert totals == {len(expected)}, wanted
        answered += bool(expected)
    assert answered > 100
