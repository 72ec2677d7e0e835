"""A small estate in memory: the real stores on a DynamoDB in memory, the counts kept up by the real aggregator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pratique.adapters.dynamodb_reading import reading_from
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.finding import ImageReport
from pratique.model.image import ImageId
from pratique.ports.advisories import AdvisoryRevision
from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.allow_samples import AllowSamples
from pratique.services.query.reading import Reading
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON, resolved


@dataclass
class FakeClock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def pass_hours(self, hours: float) -> None:
        self.moment += timedelta(hours=hours)


@dataclass
class FakeEstate:
    """Write with `scan`; `settle` delivers the stream to the aggregator; ask through `reading`."""

    engine: FakeDynamo
    stores: DynamoStores
    clock: FakeClock
    reading: Reading
    allow_samples: AllowSamples
    revision: AdvisoryRevision | None = None
    judged_again: int = 0
    _delivered: int = 0

    def scan(self, image: ImageId, report: ImageReport, *, tags: Sequence[str] = ("latest",), layers: int = 2) -> None:
        seq = self.stores.findings.begin(image)
        self.stores.findings.write(image, resolved(image, layers), report, seq=seq, tags=tags, now=self.clock.now())

    def settle(self) -> None:
        stream = self.engine.stream("F")
        AggregateFindings(self.stores.findings, self.stores.counts, self.stores.library)(stream[self._delivered :])
        self._delivered = len(stream)


def fake_estate() -> FakeEstate:
    engine, clock = FakeDynamo(), FakeClock()
    stores = dynamo_stores(engine.client, findings_table="F", index_table="I", objects=MemoryObjects(), names_seconds=0)
    estate: FakeEstate
    reading = reading_from(
        stores, cursor_key=lambda: b"0123456789abcdef", clock=clock, advisories=lambda: estate.revision
    )

    def judge_again() -> None:
        estate.judged_again += 1

    estate = FakeEstate(
        engine, stores, clock, reading, AllowSamples(stores.allow_list, stores.library, clock, judge_again)
    )
    return estate
