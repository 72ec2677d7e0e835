"""Images and their findings in DynamoDB.

An assessment takes a number (``seq``) when it begins.  What it changes becomes visible by one transaction on the
image's ``META`` item, which is conditional on no newer number having been taken.  A change too large for a transaction
is written as a new *generation* of finding items first, which nobody sees until ``META`` names it.  A worker that lost
its race may therefore leave items behind, but never anything that a reader sees.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import operator
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import structs

from pratique.adapters.dynamodb_chains import chain_item, chain_key
from pratique.adapters.dynamodb_events import outbox_put
from pratique.adapters.dynamodb_finding_items import (
    COVERAGE,
    LAYERS,
    META,
    Meta,
    finding_item,
    generation_of,
    generation_prefix,
    layers_item,
    list_key,
    meta_from,
    meta_values,
    moment_text,
    partition,
)
from pratique.adapters.dynamodb_finding_reads import DynamoFindingReads
from pratique.adapters.dynamodb_items import Expression, Item, Value, pack
from pratique.adapters.dynamodb_library import DynamoLibrary
from pratique.adapters.dynamodb_lineage import DynamoLineage
from pratique.adapters.dynamodb_table import TRANSACTION_ITEMS, ConditionFailed, Delete, DynamoTable, Put, Update, Write
from pratique.errors import StoreError, Superseded
from pratique.model.coverage import Coverage, ScanStatus
from pratique.model.finding import ImageReport
from pratique.model.image import Image, ImageId, chain_ids
from pratique.model.image_tools import ImageTools
from pratique.ports.findings import AssessmentChange, StoredFinding, StoredSample
from pratique.reports.affected_packages import placed_layers
from pratique.services.announce_changes import Assessed, announce_changes
from pratique.services.finding_changes import (
    FindingChanges,
    Stored,
    changes,
    found_in,
    level_counts,
    priority_counts,
)

_log = logging.getLogger(__name__)

# META, LAYERS, COVERAGE, the digest's entry and events may take part in the transaction that changes findings.
_OTHER_WRITES = 4
_MOST_EVENTS = 40
# A coverage record above this is kept beside META, so that a rescan that changes nothing rewrites few bytes.
_SMALL_COVERAGE_BYTES = 400
_TOMBSTONE_DAYS = 90
_TAGS_KEPT = 50
_TRIES = 5
# What a report says, whenever it was said; the image is the same in all of it.
_TIMELESS = {
    kind: operator.attrgetter(
        *(name for name in kind.__struct_fields__ if name not in {"image", "first_seen", "last_seen"})
    )
    for kind in (StoredFinding, StoredSample)
}


class DynamoFindings(DynamoFindingReads):
    """`FindingStore` on the findings table; facts about what was found go to the library first."""

    def __init__(self, table: DynamoTable, library: DynamoLibrary, lineage: DynamoLineage) -> None:
        """Write images to ``table``."""
        super().__init__(table)
        self._library = library
        self._lineage = lineage

    def begin(self, image: ImageId) -> int:
        """Take the next number of this image; the first one lists the image as one that was not scanned yet."""
        at = (partition(image), META)
        for _ in range(_TRIES):
            try:
                known = Expression("attribute_exists(#PK)")
                item = self._table.write(Update(at, Expression("ADD #seq :one", {"one": 1}), known))
                return meta_from(item).seq
            except ConditionFailed:
                if self._list(image):
                    return 1
        raise StoreError("an image's first assessment kept failing to begin", image=str(image), retryable=True)

    def write(
        self, image: ImageId, resolved: Image, report: ImageReport, *, seq: int, tags: Sequence[str], now: datetime
    ) -> AssessmentChange:
        """Make ``report`` the visible one; see the module's docstring for how, and the port for what."""
        before = self._current(image, seq)
        self._library.remember(report, now)
        found = found_in(image, resolved, report, now)
        content = _fingerprint(found, resolved, report.tools)
        after = structs.replace(
            before,
            committed=seq,
            retired=False,
            status=report.status,
            tags=_joined(tags, before.tags),
            platform=str(resolved.platform),
            coverage=report.coverage,
            first_scan=before.first_scan or now,
            last_scan=now,
            exploited=sum(item.vulnerability.exploitation.known_exploited for item in report.vulnerabilities),
        )
        if before.generation and content == before.content:
            unchanged = FindingChanges({}, (), (), (), ())
            return unchanged.summary(self._commit(before, after, []))
        stored = self._stored(before)
        change = changes(stored, found, before.last_scan)
        # Before the report becomes visible, for a worker may die in between, and after, for somebody may decide in
        # between: a sample becomes unhandled once too often rather than once too seldom.
        come_back = functools.partial(self._library.sample_facts.come_back, change.samples_added, image, now)
        come_back()
        items = list(change.after.values())
        after = structs.replace(
            after, content=content, vulnerabilities=priority_counts(items), samples=level_counts(items)
        )
        events = self._events(after, stored, change)
        extra = [*self._entries(before, resolved, tags, report.tools), *events]
        if before.generation and len(change.written) + len(events) <= TRANSACTION_ITEMS - _OTHER_WRITES:
            written: list[Write] = [Put(finding_item(change.after[key], before.generation)) for key in change.written]
            writes = self._commit(before, after, [*extra, *written])
        else:
            writes = self._replace(before, structs.replace(after, generation=seq), change, extra)
        come_back()
        return change.summary(writes)

    def fail(self, image: ImageId, *, seq: int, coverage: Coverage, tags: Sequence[str], now: datetime) -> None:
        """Record the failure on ``META`` alone; the findings of the last whole report stay what they are."""
        before = self._current(image, seq)
        after = structs.replace(
            before,
            committed=seq,
            status=ScanStatus.FAILED,
            tags=_joined(tags, before.tags),
            coverage=coverage,
            first_scan=before.first_scan or now,
            last_scan=now,
        )
        self._commit(before, after, [])

    def retire(self, image: ImageId, now: datetime) -> None:
        """Leave a tombstone that keeps counting ``seq``, so that no assessment under way brings the image back."""
        expires = int((now + timedelta(days=_TOMBSTONE_DAYS)).timestamp())
        gone = "#committed, #generation, #content, #coverage, #coverage_apart, #status, #last_scan, #GSI1PK, #GSI1SK"
        change = Expression(
            f"SET #retired = :now, #expires = :expires REMOVE {gone} ADD #seq :one",
            {"now": moment_text(now), "expires": expires, "one": 1},
        )
        there = Expression("attribute_exists(#PK) AND attribute_not_exists(#retired)")
        try:
            seq = meta_from(self._table.write(Update((partition(image), META), change, there))).seq
        except ConditionFailed:
            return
        # An assessment that brings the image back meanwhile has a later number, and its report must stay.
        self._remove_generations(image, below=seq + 1)
        self._lineage.remove(image, [layer.diff_id for layer in self._layers(image)])
        self._forget_chain(image)
        self._table.write(Delete((f"DIGEST#{image.digest}", f"{image.instance}/{image.repository}")))

    def _events(self, after: Meta, stored: Mapping[str, Stored], change: FindingChanges) -> list[Put]:
        """Return the writes that record what is announced; the first event holds all of it, however much that is."""
        coverage = after.coverage
        revisions = (coverage.advisory_revision, coverage.rules_revision) if coverage else ("", "")
        at = after.last_scan or datetime.now(UTC)
        assessed = Assessed(after.image, after.tags, after.committed, *revisions, at)
        return [outbox_put(event, at) for event in announce_changes(assessed, stored, change)[:_MOST_EVENTS]]

    def _list(self, image: ImageId) -> bool:
        """Make the image's ``META`` with number 1; return False where somebody else has just made it."""
        listed, position = list_key(image)
        item: Item = {"PK": partition(image), "SK": META, "GSI1PK": listed, "GSI1SK": position, "seq": 1}
        try:
            self._table.write(Put({"PK": "INSTANCES", "SK": image.instance}))
            self._table.write(Put(item, Expression("attribute_not_exists(#PK)")))
        except ConditionFailed:
            return False
        return True

    def _entries(self, before: Meta, resolved: Image, tags: Sequence[str], tools: ImageTools | None) -> list[Write]:
        """Return the writes of the layers' item where it changes, and of what an image is found by if it is new."""
        image, layers = before.image, layers_item(before.image, placed_layers(resolved), resolved.base, tools)
        if before.generation:
            return [] if self._table.get((partition(image), LAYERS)) == layers else [Put(layers)]
        self._lineage.add(image, [layer.diff_id for layer in resolved.layers])
        for chain in chain_ids([layer.diff_id for layer in resolved.layers])[-1:]:
            with contextlib.suppress(ConditionFailed):  # another image with these layers is known already
                self._table.write(Put(chain_item(image, chain, tags), Expression("attribute_not_exists(#PK)")))
        return [Put(layers), Put({"PK": f"DIGEST#{image.digest}", "SK": f"{image.instance}/{image.repository}"})]

    def _forget_chain(self, image: ImageId) -> None:
        for chain in chain_ids([layer.diff_id for layer in self._layers(image)])[-1:]:
            with contextlib.suppress(ConditionFailed):
                own = Expression("#image = :image", {"image": str(image)})
                self._table.write(Delete(chain_key(chain), own))

    def _current(self, image: ImageId, seq: int) -> Meta:
        item = self._table.get((partition(image), META))
        if item is None or meta_from(item).seq != seq:
            raise Superseded(f"assessment {seq} was superseded", image=str(image))
        return meta_from(item)

    def _stored(self, meta: Meta) -> Mapping[str, Stored]:
        if not meta.generation:
            return {}
        return self._findings_of(meta, self._layers(meta.image))

    def _commit(self, before: Meta, after: Meta, writes: Sequence[Write]) -> int:
        """Make ``after`` visible together with ``writes``; return the number of items written."""
        after, apart = _split_coverage(before, after)
        everything: list[Write] = [_meta_update(after), *apart, *writes]
        try:
            if len(everything) == 1:
                self._table.write(_meta_update(after))
            else:
                self._table.transact(everything)
        except ConditionFailed as error:
            raise Superseded(f"assessment {after.committed} was superseded", image=str(after.image)) from error
        return len(everything)

    def _replace(self, before: Meta, after: Meta, change: FindingChanges, extra: Sequence[Write]) -> int:
        puts = [Put(finding_item(item, after.generation)) for item in change.after.values()]
        written = self._table.write_many(puts) + self._commit(before, after, extra)
        # What a worker that dies here leaves behind is seen by nobody, and goes with the next generation.
        return written + (self._remove_generations(after.image, below=after.generation) if after.generation > 1 else 0)

    def _remove_generations(self, image: ImageId, below: int) -> int:
        """Remove finding items of generations below one; return their number."""
        between = {"image": partition(image), "first": generation_prefix(0), "end": generation_prefix(below)}
        condition = Expression("#PK = :image AND #SK BETWEEN :first AND :end", between)
        sorts = (str(item["SK"]) for item in self._table.every(condition, consistent=True, keys_only=True))
        return self._table.write_many(Delete((partition(image), sort)) for sort in sorts if generation_of(sort) < below)


def _meta_update(meta: Meta) -> Update:
    listed, position = list_key(meta.image)
    values: dict[str, Value] = {**meta_values(meta), "GSI1PK": listed, "GSI1SK": position}
    sets = ", ".join(f"#{name} = :{name}" for name in values)
    own = Expression("#seq = :seq", {"seq": meta.committed})
    return Update((partition(meta.image), META), Expression(f"SET {sets} REMOVE #retired, #expires", values), own)


def _split_coverage(before: Meta, after: Meta) -> tuple[Meta, list[Write]]:
    """Keep a large coverage record beside ``META``; writes it only where it differs from the one there."""
    coverage = after.coverage
    if coverage is None or len(pack(coverage)) <= _SMALL_COVERAGE_BYTES:
        return structs.replace(after, coverage_apart=False), []
    reasons = pack(coverage.reasons)
    mark = hashlib.sha256(reasons).hexdigest()[:16]
    small = structs.replace(
        after, coverage=structs.replace(coverage, reasons=()), coverage_apart=True, reasons_mark=mark
    )
    if before.coverage_apart and before.reasons_mark == mark:
        return small, []
    return small, [Put({"PK": partition(after.image), "SK": COVERAGE, "body": reasons})]


def _fingerprint(found: Mapping[str, Stored], resolved: Image, tools: ImageTools | None) -> str:
    """Return a digest of a report that changes whenever a stored finding or layer would."""
    timeless = [(key, _TIMELESS[type(item)](item)) for key, item in sorted(found.items())]
    return hashlib.sha256(msgspec.json.encode((placed_layers(resolved), resolved.base, tools, timeless))).hexdigest()


def _joined(tags: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(tag for tag in tags if tag), *known)))[:_TAGS_KEPT]
