"""What every `CountIndex` does, and the aggregator on it."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest

from pratique.adapters.dynamodb_packed import PackedTables
from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.adapters.dynamodb_table import ConditionFailed
from pratique.adapters.packed_items import place_of
from pratique.errors import Conflict
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.counts import BANDS, ContributionChange, CountRow, Table, TableName
from pratique.services.aggregate_findings import AggregateFindings
from tests.contract.test_finding_store import write
from tests.finding_builder import at, image_id, report, sample

ALL = TableName(Table.VULNERABILITIES)


def settle(stores: DynamoStores, *images: ImageId) -> int:
    return AggregateFindings(stores.findings, stores.counts, stores.library).recount(images).changed


def bands(stores: DynamoStores, name: TableName) -> Mapping[str, Mapping[str, int]]:
    words = BANDS[name.table]
    return {
        key: {words[band]: number for band, number in row.bands.items()}
        for key, row in stores.counts.rows(name).items()
    }


def test_rows_of_an_unknown_table_are_none(stores: DynamoStores) -> None:
    assert stores.counts.rows(TableName(Table.SAMPLES, "I#nowhere")) == {}
    assert stores.counts.counted([image_id()]) == {}


def test_counts_follow_what_images_contribute(stores: DynamoStores) -> None:
    first, second = image_id("a"), image_id("b", "team/blog")
    write(stores, first, report({"CVE-1": Priority.HIGH, "CVE-2": Priority.LOW}, [sample("miner", Level.NOTICE)]))
    write(stores, second, report({"CVE-1": Priority.MEDIUM}), 1)
    assert settle(stores, first, second) == 2
    assert settle(stores, first, second) == 0
    assert bands(stores, ALL) == {
        "CVE-1": {"system/high/application": 1, "system/medium/application": 1},
        "CVE-2": {"system/low/application": 1},
    }
    assert bands(stores, TableName(Table.SAMPLES, f"R#{first.instance}/team/shop")) == {
        sample("miner").sha256: {"notice": 1}
    }
    assert bands(stores, TableName(Table.REPOSITORIES)) == {
        f"{first.instance}/team/shop": {"high": 1, "status/complete": 1},
        f"{first.instance}/team/blog": {"medium": 1, "status/complete": 1},
    }
    row = stores.counts.rows(ALL)["CVE-1"]
    assert (row.first, row.last) == (at(0), at(1))


def test_counts_drop_rows_that_no_image_has(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}))
    settle(stores, image)
    write(stores, image, report({"CVE-2": Priority.HIGH}), 1)
    settle(stores, image)
    assert set(stores.counts.rows(ALL)) == {"CVE-2"}
    stores.findings.retire(image, at(2))
    settle(stores, image)
    assert stores.counts.rows(ALL) == {}
    assert stores.counts.rows(TableName(Table.REPOSITORIES)) == {}


def test_unchanged_rescan_moves_the_last_scan_time_only(stores: DynamoStores) -> None:
    image = image_id()
    for hours in (0, 7):
        write(stores, image, report({"CVE-1": Priority.HIGH}), hours)
        assert settle(stores, image) == 1
    row = stores.counts.rows(ALL)["CVE-1"]
    assert (row.first, row.last, sum(row.bands.values())) == (at(0), at(7), 1)


def test_change_from_a_contribution_that_is_not_held_is_refused(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}))
    settle(stores, image)
    held = stores.counts.counted([image])[image]
    write(stores, image, report({"CVE-2": Priority.HIGH}), 1)
    settle(stores, image)
    with pytest.raises(Conflict):
        stores.counts.apply([ContributionChange(image, held, held.contribution)])
    with pytest.raises(Conflict):
        stores.counts.apply([ContributionChange(image, None, held.contribution)])
    assert set(stores.counts.rows(ALL)) == {"CVE-2"}


def test_tables_are_split_when_they_grow_and_stay_whole(stores: DynamoStores) -> None:
    """Rows that do not compress make a few of them grow a table as thousands of counts would."""
    random = Random(1)  # noqa: S311 - test bytes
    packed: PackedTables[str] = PackedTables(stores.counts._table, str, listings=None)
    expected: dict[str, str] = {}
    for number in range(40):
        place = place_of("T", f"row {number}", packed.fanouts(["T"])["T"])
        chunk = packed.load([place])[place]
        expected[f"row {number}"] = random.randbytes(2000).hex()
        rows = {**chunk.rows, f"row {number}": expected[f"row {number}"]}
        put = packed.put(chunk, rows)
        stores.counts._table.transact([put])
        packed.written([put], [rows])
        with pytest.raises(ConditionFailed):
            stores.counts._table.transact([put])
        assert packed.rows("T") == expected
        assert packed.row("T", f"row {number}") == expected[f"row {number}"]
        assert packed.row("T", "none") is None
    assert packed.fanouts(["T"]) == {"T": 16}


def test_rows_of_several_tables_are_read_together(stores: DynamoStores) -> None:
    images = [image_id("a", "team/a"), image_id("b", "team/b")]
    for image in images:
        write(stores, image, report({"CVE-1": Priority.HIGH}))
    settle(stores, *images)
    names = [TableName(Table.VULNERABILITIES, f"R#{images[0].instance}/team/{name}") for name in ("a", "b", "none")]
    tables = stores.counts.rows_of(names)
    assert [list(tables[name]) for name in names] == [["CVE-1"], ["CVE-1"], []]


def test_correct_replaces_rows_that_are_still_as_expected(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}))
    settle(stores, image)
    row = stores.counts.rows(ALL)["CVE-1"]
    wrong = CountRow({band: number + 3 for band, number in row.bands.items()}, row.first, row.last)
    stores.counts.correct(ALL, {"CVE-1": wrong, "CVE-9": wrong}, {"CVE-1": row, "CVE-9": None})
    assert stores.counts.rows(ALL) == {"CVE-1": wrong, "CVE-9": wrong}
    with pytest.raises(Conflict):
        stores.counts.correct(ALL, {"CVE-1": None}, {"CVE-1": row})
    stores.counts.correct(ALL, {"CVE-1": row, "CVE-9": None}, {"CVE-1": wrong, "CVE-9": wrong})
    assert stores.counts.rows(ALL) == {"CVE-1": row}
