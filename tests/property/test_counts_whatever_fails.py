"""Scans, crashes, races, retirements and a stream that repeats and shuffles: the counts equal a recount at the end.

Everything happens that is allowed to: workers are killed before any write, and another worker does a whole job of its
own between any two writes of the first; the stream has several shards, of which each batch may come again, shuffled,
from long ago or at two aggregators at once.  What must hold all the time: a reader sees one whole report, namely the
last one that was committed.

Tables are split and changes halved at a few rows already, so that all of that happens in the midst of it too.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pratique.adapters import dynamodb_counts, packed_items
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.errors import StoreError, Superseded
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.counts import CountRow, TableName
from pratique.ports.findings import FindingState
from pratique.services.aggregate_findings import AggregateFindings, changed_images
from pratique.services.contributions import contribution_deltas, tables_of
from tests.fakes.dynamodb import Crash, FakeDynamo
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON, at, image_id, report, resolved, sample

LEAST_STEPS = 2000
SHARDS = 3
IMAGES = (
    image_id("a", "team/shop"),
    image_id("b", "team/shop"),
    image_id("c", "team/blog"),
    image_id("d", "base", "registry.example"),
)
# A report of more than a transaction's worth of findings takes the other way through the store.
SMALL = tuple(f"CVE-{number}" for number in range(6))
MANY = tuple(f"CVE-M{number}" for number in range(110))
Ids = frozenset[tuple[str, Priority]]
Record = Mapping[str, Any]

reports = st.builds(
    lambda small, many: frozenset(small.items()) | frozenset((name, Priority.LOW) for name in (MANY if many else ())),
    st.dictionaries(st.sampled_from(SMALL), st.sampled_from(Priority)),
    st.integers(0, 3).map(lambda number: number == 0),
)
# Each sample with whether the allow-list keeps it quiet.
samples = st.dictionaries(st.sampled_from(("miner", "shell")), st.booleans())
images = st.sampled_from(IMAGES)
shards = st.integers(0, SHARDS - 1)
moments = st.integers(0, 9) | st.integers(10, 250)
fuses = st.none() | moments


@dataclass(frozen=True)
class Scan:
    image: ImageId
    found: Ids
    bad: frozenset[tuple[str, bool]]


@dataclass(frozen=True)
class Retire:
    image: ImageId


@dataclass(frozen=True)
class Aggregate:
    """The next batch of one shard; the place in the shard is kept only when it was counted."""

    shard: int
    records: int


jobs = (
    st.builds(Scan, images, reports, samples.map(lambda bad: frozenset(bad.items())))
    | st.builds(Retire, images)
    | st.builds(Aggregate, shards, st.integers(1, 20))
)
Job = Scan | Retire | Aggregate


@dataclass
class Steps:
    """How many steps all runs together took."""

    taken: int = 0


STEPS = Steps()


class Objects(MemoryObjects):
    """Objects of which storing one burns the fuse of the engine like any other write."""

    def __init__(self, engine: FakeDynamo) -> None:
        super().__init__()
        self._engine = engine

    def put(self, key: str, body: bytes) -> None:
        self._engine.burn()
        super().put(key, body)


@dataclass
class Interruption:
    """Does a job once, before the write that is so many writes away."""

    left: int
    job: Callable[[], None]
    done: bool = field(default=False)

    def __call__(self) -> None:
        if not self.done and self.left <= 0:
            self.done = True
            self.job()
        self.left -= 1


class Estate(RuleBasedStateMachine):
    """Every worker shares one engine and has stores of its own, as Lambda functions do."""

    @initialize()
    def begin(self) -> None:
        self.engine = FakeDynamo()
        self.objects = Objects(self.engine)
        self.hours = 0
        self.expected: dict[ImageId, Ids | None] = {}
        self.places = [0] * SHARDS
        self.between: set[ImageId] = set()

    def stores(self) -> DynamoStores:
        return dynamo_stores(
            self.engine.client, findings_table="F", index_table="I", objects=self.objects, names_seconds=0
        )

    @rule(job=jobs, fuse=fuses)
    def work(self, job: Job, fuse: int | None) -> None:
        """One worker does its job, or is killed at it."""
        STEPS.taken += 1
        self.do(job, fuse)

    @rule(job=jobs, other=jobs, moment=moments, fuse=fuses)
    def work_at_once(self, job: Job, other: Job, moment: int, fuse: int | None) -> None:
        """Another worker does its job between two writes of the first."""
        STEPS.taken += 1
        self.engine.before_write = Interruption(moment, lambda: self.do_between(other))
        try:
            self.do(job, fuse)
        finally:
            self.engine.before_write = lambda: None
            self.between.clear()

    @rule(data=st.data(), shard=shards, fuse=fuses)
    def deliver_again(self, data: st.DataObject, shard: int, fuse: int | None) -> None:
        """Records from anywhere in a shard come once more, or far too early, shuffled."""
        STEPS.taken += 1
        records = self.shard(shard)
        if records:
            start = data.draw(st.integers(0, len(records) - 1))
            self.count(data.draw(st.permutations(records[start : start + 12])), fuse)

    def do_between(self, job: Job) -> None:
        fuse, before = self.engine.fuse, self.engine.before_write
        self.engine.before_write = lambda: None
        try:
            self.do(job, None)
            if not isinstance(job, Aggregate):
                self.between.add(job.image)
        finally:
            self.engine.fuse, self.engine.before_write = fuse, before

    def do(self, job: Job, fuse: int | None) -> None:
        match job:
            case Scan():
                self.scan(job, fuse)
            case Retire():
                self.retire(job.image, fuse)
            case Aggregate(shard, number):
                batch = self.shard(shard)[self.places[shard] :][:number]
                if self.count(batch, fuse):
                    self.places[shard] += len(batch)

    @contextmanager
    def killed_after(self, fuse: int | None) -> Iterator[None]:
        self.engine.fuse = fuse
        try:
            yield
        finally:
            self.engine.fuse = None

    def scan(self, job: Scan, fuse: int | None) -> None:
        self.hours += 1
        now, stores = at(self.hours), self.stores()
        content = report(dict(job.found), [sample(name, Level.WARNING, quiet=quiet) for name, quiet in sorted(job.bad)])
        try:
            with self.killed_after(fuse):
                seq = stores.findings.begin(job.image)
                stores.findings.write(job.image, resolved(job.image), content, seq=seq, tags=(), now=now)
        except Superseded:
            assert job.image in self.between  # whose report, or retirement, is what is expected
        except Crash:
            self.settle(job.image, self.expected.get(job.image), job.found)
        else:
            self.settle(job.image, job.found)

    def retire(self, image: ImageId, fuse: int | None) -> None:
        try:
            with self.killed_after(fuse):
                self.stores().findings.retire(image, at(self.hours))
        except Crash:
            self.settle(image, self.expected.get(image), None)
        else:
            self.settle(image, None)

    def settle(self, image: ImageId, *possible: Ids | None) -> None:
        """What is visible now is expected from now on: one of what may be, whole.

        Another worker that came in between at the same image may have come before or after.
        """
        seen = self.visible(image)
        assert seen in possible or (image in self.between and seen == self.expected.get(image))
        self.expected[image] = seen

    def shard(self, number: int) -> list[Record]:
        """A shard holds every record of its partition keys, in order."""
        records = self.engine.stream("F")
        return [
            record
            for record in records
            if zlib.crc32(record["dynamodb"]["Keys"]["PK"]["S"].encode()) % SHARDS == number
        ]

    def count(self, batch: Sequence[Record], fuse: int | None) -> bool:
        """Run an aggregator on a batch; return whether it came to its end."""
        stores = self.stores()
        try:
            with self.killed_after(fuse):
                AggregateFindings(stores.findings, stores.counts, stores.library)(batch)
        except Crash:
            return False
        except StoreError as error:
            if not error.retryable:
                raise
            return False
        return True

    def visible(self, image: ImageId) -> Ids | None:
        stores = self.stores()
        stored = stores.findings.image(image)
        if stored is None or stored.seq == 0:
            return None
        vulnerabilities, samples_found = stores.findings.findings(image)
        assert stored.samples.total == sum(item.state is FindingState.OPEN for item in samples_found)
        found = [item for item in vulnerabilities if item.state is FindingState.OPEN]
        assert len({item.id for item in found}) == len(found)
        counts = Counter(item.priority for item in found)
        assert stored.vulnerabilities.high == counts[Priority.HIGH]
        assert stored.vulnerabilities.total == len(found)
        return frozenset((item.id, item.priority) for item in found)

    @invariant()
    def every_reader_sees_the_last_whole_report(self) -> None:
        for image, expected in getattr(self, "expected", {}).items():
            assert self.visible(image) == expected

    def teardown(self) -> None:
        """Deliver what was not delivered: afterwards the counts are those of a recount, in every scope."""
        if not hasattr(self, "engine"):
            return
        stores = self.stores()
        for shard in range(SHARDS):
            AggregateFindings(stores.findings, stores.counts, stores.library)(self.shard(shard)[self.places[shard] :])
        named = changed_images(self.engine.stream("F"))
        assert {image for image, found in self.expected.items() if found is not None} <= set(named)
        recount: dict[tuple[TableName, str], Counter[int]] = {}
        newest: dict[tuple[TableName, str], datetime] = {}
        for image in IMAGES:
            present = stores.findings.contribution(image)
            if present is not None:
                for delta in contribution_deltas(image, present):
                    if delta.seen:
                        newest[delta.name, delta.key] = max(delta.seen, newest.get((delta.name, delta.key), delta.seen))
                    recount.setdefault((delta.name, delta.key), Counter())[delta.band] += delta.images
        names = tables_of(IMAGES)
        current = {name: stores.counts.current(name) for name in names}
        assert bands(current) == recount
        assert all((current[name][key].last or NOON) >= moment for (name, key), moment in newest.items())
        assert bands({name: stores.counts.rows(name) for name in names}) == recount


def bands(tables: Mapping[TableName, Mapping[str, CountRow]]) -> dict[tuple[TableName, str], Counter[int]]:
    return {(name, key): Counter(row.bands) for name, rows in tables.items() for key, row in rows.items()}


def test_counts_equal_a_recount_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_items, "HEAD_BYTES", 150)
    monkeypatch.setattr(packed_items, "PART_BYTES", 150)
    monkeypatch.setattr(dynamodb_counts, "_ITEMS", 10)
    run_state_machine_as_test(Estate, settings=settings(max_examples=64, stateful_step_count=40, deadline=None))
    assert STEPS.taken >= LEAST_STEPS
