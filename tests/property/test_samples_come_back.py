"""A handled sample is unhandled again when, and only when, it comes back.

Coming back is defined by reports: an image's report has the sample open, and the report that it replaces had not, or
there was none because the image is new or was retired.  A scan that finds what was there before brings nothing back.
Workers are killed before any write and go through the same scan once more; then a sample may have become unhandled
once too often, and never once too seldom.
"""

from __future__ import annotations

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.model.image import ImageId
from pratique.model.processing import SYSTEM, ProcessingStatus
from pratique.model.sample import Level
from tests.fakes.dynamodb import Crash, FakeDynamo
from tests.finding_builder import at, image_id, report, resolved, sample

IMAGES = (image_id("a", "team/shop"), image_id("b", "team/blog"), image_id("c", "base"))
NAMES = ("miner", "shell", "kit")

images = st.sampled_from(IMAGES)
fuses = st.none() | st.integers(0, 12)


class Samples(RuleBasedStateMachine):
    """``must`` has the status that a sample must have; a sample in ``may`` may be unhandled instead."""

    @initialize()
    def begin(self) -> None:
        self.engine = FakeDynamo()
        self.hours = 0
        self.held: dict[ImageId, frozenset[str]] = {}
        self.must: dict[str, ProcessingStatus] = {}
        self.may: set[str] = set()

    def stores(self) -> DynamoStores:
        return dynamo_stores(self.engine.client, findings_table="F", index_table="I", names_seconds=0)

    @rule(image=images, found=st.frozensets(st.sampled_from(NAMES)), fuse=fuses, level=st.sampled_from(Level))
    def scan(self, image: ImageId, found: frozenset[str], fuse: int | None, level: Level) -> None:
        self.hours += 1
        new = found - self.held.get(image, frozenset())
        self.engine.fuse = fuse
        try:
            self.write(image, found, level)
        except Crash:
            self.may |= {name for name in new if self.must.get(name) is ProcessingStatus.HANDLED}
            self.engine.fuse = None
            self.write(image, found, level)
        finally:
            self.engine.fuse = None
        self.held[image] = found
        for name in new:
            if self.must.get(name, ProcessingStatus.UNHANDLED) is ProcessingStatus.HANDLED:
                self.must[name] = ProcessingStatus.UNHANDLED
            self.must.setdefault(name, ProcessingStatus.UNHANDLED)

    def write(self, image: ImageId, found: frozenset[str], level: Level) -> None:
        stores = self.stores()
        content = report((), [sample(name, level) for name in sorted(found)])
        seq = stores.findings.begin(image)
        stores.findings.write(image, resolved(image), content, seq=seq, tags=(), now=at(self.hours))

    @rule(image=images)
    def retire(self, image: ImageId) -> None:
        self.stores().findings.retire(image, at(self.hours))
        self.held.pop(image, None)

    @rule(name=st.sampled_from(NAMES), status=st.sampled_from(ProcessingStatus))
    def decide(self, name: str, status: ProcessingStatus) -> None:
        decided = self.stores().library.decide(sample(name).sha256, status, by="ann", note="", now=at(self.hours))
        assert (decided is None) == (name not in self.must)
        if decided is not None:
            self.must[name] = status
            self.may.discard(name)

    @invariant()
    def status_is_what_was_decided_unless_it_came_back(self) -> None:
        if not hasattr(self, "engine"):
            return
        library = self.stores().library
        known = library.samples()
        for name, status in self.must.items():
            last = known[sample(name).sha256].decision
            assert last.status is status or (name in self.may and last.status is ProcessingStatus.UNHANDLED)
            history = library.decisions(sample(name).sha256, limit=100)
            assert [entry.version for entry in history] == list(range(last.version, 0, -1))
            assert not history or history[0] == last
            for newer, older in itertools.pairwise(history):
                assert newer.by != SYSTEM or older.status is ProcessingStatus.HANDLED


TestSamples = Samples.TestCase
TestSamples.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
