"""Facts of malicious samples, and what people decided about them, in the index table.

The last decision stands in the sample's row of one packed table; each decision is also an item of its own under
``NAMES#M#<sha256>`` / ``D#<version>``, written in the same transaction.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import structs

from pratique.adapters.dynamodb_items import Expression, pack, unpack
from pratique.adapters.dynamodb_packed import PackedTables
from pratique.adapters.dynamodb_table import DynamoTable, Put
from pratique.adapters.table_listings import TableListings
from pratique.errors import Conflict
from pratique.model.image import ImageId
from pratique.model.processing import Decision, ProcessingStatus
from pratique.model.sample import ImageSample
from pratique.ports.queries import SampleFacts
from pratique.services.library_facts import joined_sample

_SAMPLES = "NAMES#M"
# A transaction has room for these beside every chunk of the table.
_DECISIONS_AT_ONCE = 30

Rows = Mapping[str, SampleFacts]


class DynamoSampleFacts:
    """The part of `Library` that is about samples, and the side that assessments write."""

    def __init__(self, table: DynamoTable, *, listings: TableListings | None = None) -> None:
        """Keep facts in ``table``, and a listing of them in ``listings``."""
        self._table = table
        self._packed: PackedTables[SampleFacts] = PackedTables(table, SampleFacts, listings=listings)

    def samples(self) -> Rows:
        """Return every sample ever found."""
        return self._packed.rows(_SAMPLES)

    def sample(self, sha256: str) -> SampleFacts | None:
        """Return one sample as it is now."""
        return self._packed.row(_SAMPLES, sha256)

    def publish(self) -> None:
        """Store a listing of the samples where they changed."""
        self._packed.publish([_SAMPLES], touched=True)

    def decide(
        self,
        sha256: str,
        status: ProcessingStatus,
        *,
        by: str,
        note: str,
        now: datetime,
        expected_version: int | None = None,
    ) -> SampleFacts | None:
        """Record what somebody decided; see the port."""

        def decided(known: SampleFacts | None) -> SampleFacts | None:
            if known is None:
                return None
            if expected_version not in {None, known.decision.version}:
                raise Conflict(f"the sample's last decision is not number {expected_version} any more")
            following = known.decision.followed_by(status, by=by, at=now, note=note)
            return structs.replace(known, decision=following)

        facts = self._packed.change(_SAMPLES, {sha256: decided}, beside=_new_decisions).get(sha256)
        self.publish()  # whoever decided looks at the list next
        return facts

    def decisions(self, sha256: str, *, limit: int) -> tuple[Decision, ...]:
        """Return the last decisions, newest first."""
        condition = Expression(
            "#PK = :sample AND begins_with(#SK, :decision)", {"sample": _history(sha256), "decision": "D#"}
        )
        items, _ = self._table.page(condition, limit=limit, backwards=True, consistent=True)
        return tuple(unpack(item["body"], Decision) for item in items)

    def remember(self, samples: Iterable[ImageSample]) -> None:
        """Keep what a report says of its samples."""
        rules = {item.sha256: _with(item) for item in samples}
        if rules:
            self._packed.change(_SAMPLES, rules)

    def come_back(self, hashes: Iterable[str], image: ImageId, now: datetime) -> None:
        """Make those of the samples unhandled that were handled, because they are about to appear in ``image``."""
        rest = iter(hashes)
        while group := tuple(itertools.islice(rest, _DECISIONS_AT_ONCE)):
            back = _come_back(image, now)
            self._packed.change(_SAMPLES, dict.fromkeys(group, back), beside=_new_decisions)


def _history(sha256: str) -> str:
    return f"{_SAMPLES}#{sha256}"


def _new_decisions(before: Rows, after: Rows) -> list[Put]:
    """Return the items of the history for decisions that ``after`` has and ``before`` has not."""
    return [
        Put({"PK": _history(key), "SK": f"D#{facts.decision.version:08}", "body": pack(facts.decision)})
        for key, facts in after.items()
        if facts.decision.version and (key not in before or before[key].decision != facts.decision)
    ]


def _with(item: ImageSample) -> Callable[[SampleFacts | None], SampleFacts]:
    return lambda known: joined_sample(known, item)


def _come_back(image: ImageId, now: datetime) -> Callable[[SampleFacts | None], SampleFacts | None]:
    def back(known: SampleFacts | None) -> SampleFacts | None:
        if known is None:
            return None
        return structs.replace(known, decision=known.decision.after_coming_back(str(image), now))

    return back
