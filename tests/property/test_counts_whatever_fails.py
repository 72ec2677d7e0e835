"""Scans, crashes, races, retirements and a stream that repeats and shuffles: the counts equal a recount at the end.

Workers are killed before any write, an assessment is left behind by a newer one, batches of stream records come
twice, in any order and from two aggregators at once, one of which may be killed too.  What must hold all the time:
a reader sees one whole report, namely the last one that was committed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.errors import StoreError, Superseded
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.counts import ContributionChange, Table, TableName
from pratique.ports.findings import FindingState
from pratique.services.aggregate_findings import AggregateFindings, changed_images
from pratique.services.contributions import deltas
from tests.fakes.dynamodb import Crash, FakeDynamo
from tests.finding_builder import at, image_id, report, resolved, sample

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

reports = st.builds(
    lambda small, many: frozenset(small.items()) | frozenset((name, Priority.LOW) for name in (MANY if many else ())),
    st.dictionaries(st.sampled_from(SMALL), st.sampled_from(Priority)),
    st.integers(0, 3).map(lambda number: number == 0),
)
# Each sample with whether the allow-list keeps it quiet.
samples = st.dictionaries(st.sampled_from(("miner", "shell")), st.booleans())
images = st.sampled_from(IMAGES)
fuses = st.none() | st.integers(0, 9) | st.integers(10, 250)


class Estate(RuleBasedStateMachine):
    """Every worker shares one engine and has stores of its own, as Lambda functions do."""

    @initialize()
    def begin(self) -> None:
        self.engine = FakeDynamo()
        self.hours = 0
        self.expected: dict[ImageId, Ids | None] = {}
        self.uncertain: dict[ImageId, tuple[Ids | None, ...]] = {}
        self.delivered = 0

    def stores(self) -> DynamoStores:
        return dynamo_stores(self.engine.client, findings_table="F", index_table="I", names_seconds=0)

    @rule(image=images, found=reports, bad=samples, fuse=fuses, overtaken=st.booleans())
    def scan(self, image: ImageId, found: Ids, bad: dict[str, bool], fuse: int | None, overtaken: bool) -> None:
        self.hours += 1
        stores = self.stores()
        content = report(dict(found), [sample(name, Level.WARNING, quiet=bad[name]) for name in sorted(bad)])
        self.engine.fuse = fuse
        try:
            seq = stores.findings.begin(image)
            if overtaken:
                stores.findings.begin(image)
            stores.findings.write(image, resolved(image), content, seq=seq, tags=(), now=at(self.hours))
        except Superseded:
            assert overtaken
        except Crash:
            # The worker died before or after its report became visible; either is whole.
            self.uncertain[image] = (self.expected.get(image), found)
        else:
            assert not overtaken
            self.expected[image] = found
        finally:
            self.engine.fuse = None
        self.resolve(image)

    @rule(image=images, fuse=fuses)
    def retire(self, image: ImageId, fuse: int | None) -> None:
        self.engine.fuse = fuse
        try:
            self.stores().findings.retire(image, at(self.hours))
        except Crash:
            self.uncertain[image] = (self.expected.get(image), None)
        else:
            self.expected[image] = None
        finally:
            self.engine.fuse = None
        self.resolve(image)

    @rule(data=st.data(), fuse=fuses)
    def aggregate(self, data: st.DataObject, fuse: int | None) -> None:
        """Deliver records from anywhere in the stream, new or old, shuffled; the aggregator may be killed."""
        stream = self.engine.stream("F")
        if not stream:
            return
        start = data.draw(st.integers(0, len(stream) - 1))
        batch = data.draw(st.permutations(stream[start : start + 12]))
        self.run_aggregator(batch, fuse)

    @rule(image=images)
    def two_aggregators_at_once(self, image: ImageId) -> None:
        """The second one counts the same image between the first one's reading and its writing."""
        first, second = self.stores(), self.stores()
        held = first.counts.counted([image])
        present = first.findings.contribution(image)
        AggregateFindings(second.findings, second.counts).recount([image])
        if present is None:
            return
        try:
            first.counts.apply([ContributionChange(image, held.get(image), present)])
        except StoreError:
            return
        assert held.get(image) is None or second.counts.counted([image])[image].version > held[image].version

    def run_aggregator(self, batch: Sequence[Mapping[str, object]], fuse: int | None) -> None:
        stores = self.stores()
        self.engine.fuse = fuse
        try:
            AggregateFindings(stores.findings, stores.counts)(batch)
        except Crash:
            return
        finally:
            self.engine.fuse = None

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

    def resolve(self, image: ImageId) -> None:
        if image in self.uncertain:
            seen = self.visible(image)
            assert seen in self.uncertain.pop(image)
            self.expected[image] = seen

    @invariant()
    def every_reader_sees_the_last_whole_report(self) -> None:
        for image, expected in getattr(self, "expected", {}).items():
            assert self.visible(image) == expected

    def teardown(self) -> None:
        """Deliver what was not delivered: afterwards the counts are those of a recount, in every scope."""
        if not hasattr(self, "engine"):
            return
        stream = self.engine.stream("F")
        self.run_aggregator(stream, None)
        stores = self.stores()
        named = changed_images(stream)
        assert {image for image, found in self.expected.items() if found is not None} <= set(named)
        recount: dict[tuple[TableName, str], Counter[int]] = {}
        for image in IMAGES:
            present = stores.findings.contribution(image)
            if present is not None:
                for delta in deltas(ContributionChange(image, None, present)):
                    recount.setdefault((delta.name, delta.key), Counter())[delta.band] += delta.images
        names = {name for name, _ in recount} | {TableName(table) for table in Table}
        stored = {
            (name, key): Counter({band: number for band, number in enumerate(row.bands) if number})
            for name in names
            for key, row in stores.counts.rows(name).items()
        }
        assert stored == recount


TestEstate = Estate.TestCase
TestEstate.settings = settings(max_examples=60, stateful_step_count=35, deadline=None)
