"""The nightly recount finds what the stream never told and what somebody changed."""

from __future__ import annotations

import pytest

from pratique.model.severity import Priority
from pratique.ports.counts import CountRow, Table, TableName
from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.repair_counts import RepairCounts, Repaired
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import image_id, report, sample

IMAGES = (image_id("a", "team/shop"), image_id("b", "team/shop"), image_id("c", "base"))


def estate() -> FakeEstate:
    estate = fake_estate()
    for image in IMAGES:
        estate.scan(image, report({"CVE-1": Priority.HIGH}, [sample("miner")]))
    return estate


def repair(estate: FakeEstate, shares: int = 1) -> RepairCounts:
    aggregate = AggregateFindings(estate.stores.findings, estate.stores.counts, estate.stores.library)
    return RepairCounts(estate.stores.catalog, aggregate, estate.stores.counts, shares=shares)


def test_counts_that_are_right_have_no_drift() -> None:
    right = estate()
    right.settle()
    assert repair(right)(0) == Repaired(images=3, images_drifted=0, repositories=2, rows_drifted=0)


def test_images_that_the_stream_never_told_are_counted() -> None:
    untold = estate()
    assert repair(untold)(7).images_drifted == 3
    rows = untold.stores.counts.rows(TableName(Table.VULNERABILITIES))
    assert sum(rows["CVE-1"].bands.values()) == 3


def test_rows_that_somebody_changed_are_put_right() -> None:
    changed = estate()
    changed.settle()
    name = TableName(Table.VULNERABILITIES, f"R#{IMAGES[0].instance}/team/shop")
    right = changed.stores.counts.rows(name)["CVE-1"]
    wrong = CountRow({band: number + 1 for band, number in right.bands.items()}, right.first, right.last)
    changed.stores.counts.correct(name, {"CVE-1": wrong, "CVE-9": wrong}, {"CVE-1": right, "CVE-9": None})
    assert repair(changed)(0).rows_drifted == 2
    assert changed.stores.counts.rows(name) == {"CVE-1": right}
    assert repair(changed)(0).rows_drifted == 0


@pytest.mark.parametrize(
    ("table", "scope", "key"),
    [
        (Table.VULNERABILITIES, "ALL", "CVE-1"),
        (Table.VULNERABILITIES, f"I#{IMAGES[0].instance}", "CVE-1"),
        (Table.VULNERABILITIES, f"N#{IMAGES[0].instance}/team", "CVE-1"),
        (Table.SAMPLES, f"N#{IMAGES[2].instance}/", sample("miner").sha256),
        (Table.REPOSITORIES, "ALL", f"{IMAGES[2].instance}/base"),
    ],
)
def test_rows_of_wider_scopes_are_put_right(table: Table, scope: str, key: str) -> None:
    changed, name = estate(), TableName(table, scope)
    changed.settle()
    right = changed.stores.counts.current(name)
    unknown = f"{IMAGES[0].instance}/unknown"
    rows = {key: CountRow({0: 77}, right[key].first, right[key].last), unknown: CountRow({0: 1}, None, None)}
    changed.stores.counts.correct(name, rows, {key: right[key], unknown: None})
    assert repair(changed)(0).rows_drifted == 2
    assert changed.stores.counts.current(name)[key] == right[key]
    assert repair(changed)(0).rows_drifted == 0


def test_each_night_looks_at_its_share_of_the_rows() -> None:
    changed, name = estate(), TableName(Table.VULNERABILITIES)
    changed.settle()
    right = changed.stores.counts.current(name)
    changed.stores.counts.correct(name, {"CVE-1": None}, {"CVE-1": right["CVE-1"]})
    assert sorted(repair(changed, shares=5)(share).rows_drifted for share in range(5)) == [0, 0, 0, 0, 1]
    restored = changed.stores.counts.current(name)["CVE-1"]
    assert (restored.bands, restored.last) == (right["CVE-1"].bands, right["CVE-1"].last)


def test_every_repository_is_in_one_of_the_shares() -> None:
    right = estate()
    right.settle()
    assert sum(repair(right, shares=5)(share).repositories for share in range(5)) == 2
