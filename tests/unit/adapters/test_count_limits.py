"""Tables of counts that no item, no transaction and no page has room for; the engine refuses what is larger."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pratique.adapters import dynamodb_counts
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.base_image import LayerOrigin
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.counts import Contribution, FoundIn, ImageStatus, Risk, Table, TableName
from pratique.services.aggregate_findings import AggregateFindings
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import at, image_id, sample

STANDING = (FoundIn.SYSTEM, Priority.LOW, LayerOrigin.BASE)


class Told(dict[ImageId, Contribution]):
    """Contributions as they are told."""

    def contribution(self, image: ImageId) -> Contribution | None:
        return self.get(image)


def contribution(vulnerabilities: range, samples: range = range(0)) -> Contribution:
    return Contribution(
        present=True,
        risk=Risk.LOW,
        status=ImageStatus.COMPLETE,
        last_scan=at(0),
        vulnerabilities={f"CVE-{2000 + number % 26}-{number}": STANDING for number in vulnerabilities},
        samples={sample(str(number)).sha256: Level.NOTICE for number in samples},
    )


def counted(told: Mapping[ImageId, Contribution]) -> tuple[FakeDynamo, DynamoStores]:
    engine = FakeDynamo()
    stores = dynamo_stores(engine.client, findings_table="F", index_table="I", objects=MemoryObjects())
    AggregateFindings(Told(told), stores.counts, stores.library).recount(list(told))
    return engine, stores


def test_60_000_distinct_vulnerabilities_are_counted() -> None:
    told = {
        image_id(str(number), f"team/app-{number % 3}"): contribution(range(1500 * number, 1500 * (number + 1)))
        for number in range(40)
    }
    engine, stores = counted(told)
    rows = stores.counts.rows(TableName(Table.VULNERABILITIES))
    assert len(rows) == 60_000
    assert {tuple(row.bands.values()) for row in rows.values()} == {(1,)}
    assert len(stores.counts.rows(TableName(Table.VULNERABILITIES, f"R#{image_id().instance}/team/app-1"))) > 18_000
    assert stores.counts.row(TableName(Table.VULNERABILITIES), "CVE-2007-59989") is not None
    assert sum(item["PK"]["S"] == "COUNT#V#ALL" for item in engine.items("I")) > 8


def test_image_with_thousands_of_everything_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are alike pack well: a smaller limit stands for the four megabytes that other rows would reach."""
    monkeypatch.setattr(dynamodb_counts, "_BYTES", 100_000)
    told = {
        image_id("a"): contribution(range(6_000), range(600)),
        image_id("b"): contribution(range(3_000, 9_000), range(300, 900)),
    }
    _, stores = counted(told)
    for scope in ("ALL", f"N#{image_id().instance}/team"):
        assert len(stores.counts.rows(TableName(Table.VULNERABILITIES, scope))) == 9_000
        assert len(stores.counts.rows(TableName(Table.SAMPLES, scope))) == 900
    rows = stores.counts.rows(TableName(Table.VULNERABILITIES))
    assert sum(sum(row.bands.values()) for row in rows.values()) == 12_000


def test_5_000_repositories_are_counted() -> None:
    told = {
        image_id(str(number), f"team-{number % 50}/app-{number}"): contribution(range(number % 3))
        for number in range(5_000)
    }
    _, stores = counted(told)
    rows = stores.counts.rows(TableName(Table.REPOSITORIES))
    assert len(rows) == 5_000
    assert all(sum(row.bands.values()) == 2 for row in rows.values())
