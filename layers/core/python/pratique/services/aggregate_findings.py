"""Findings changed: bring the counts of vulnerabilities, samples and repositories to what is true now.

The stream only says *which* images changed; what they contribute is read from the findings, after what the
counts hold was read.  An event that comes twice, late or out of order therefore finds nothing left to do, and
two workers on one image cannot both count it, because the counts change only where what they hold is still
what was read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from pratique.errors import Conflict
from pratique.model.image import ImageId
from pratique.ports.counts import Contribution, ContributionChange, ContributionSource, Counted, CountIndex
from pratique.ports.queries import LibraryListings
from pratique.services.contributions import tables_of

_log = logging.getLogger(__name__)

# One image's change touches a handful of tables; the index splits its write where a group is too large.
_GROUP = 25
_IMAGE = "IMG#"
_TRIES = 8


def changed_images(records: Iterable[Mapping[str, object]]) -> tuple[ImageId, ...]:
    """Return the images whose visible report, status or place in the lists changed, each once, by repository.

    ``records`` are those of a DynamoDB stream with new and old images; an assessment that only began changed nothing.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """
    changed: set[ImageId] = set()
    for record in records:
        match record:
            case {"dynamodb": {"Keys": {"PK": {"S": str(partition)}, "SK": {"S": "META"}}}} if partition.startswith(
                _IMAGE
            ):
                change = record["dynamodb"]
                before, after = _visible(change, "OldImage"), _visible(change, "NewImage")
                if before != after:
                    changed.add(ImageId.parse(partition.removeprefix(_IMAGE)))
            case _:
                continue
    return tuple(sorted(changed, key=str))


class Aggregated(Struct, frozen=True):
    """How many images a batch named, and how many of them changed a count."""

    images: int
    changed: int


class AggregateFindings(Struct, frozen=True):
    """Moves the index to the present contributions of the images that a batch names."""

    source: ContributionSource
    index: CountIndex
    library: LibraryListings

    def __call__(self, records: Iterable[Mapping[str, object]]) -> Aggregated:
        """Count what a batch of stream records changed.  Raises StoreError; the batch may come again as a whole."""
        return self.recount(changed_images(records))

    def recount(self, images: Sequence[ImageId]) -> Aggregated:
        """Bring the counts of these images to what their findings say."""
        changed = 0
        for start in range(0, len(images), _GROUP):
            changed += self._settle(images[start : start + _GROUP])
        # Also where nothing changed: whoever changed it may have died before this.
        self.index.publish(tables_of(images))
        self.library.publish()
        return Aggregated(len(images), changed)

    def _settle(self, images: Sequence[ImageId]) -> int:
        for _ in range(_TRIES):
            changes = self._changes(images)
            if not changes:
                return 0
            try:
                self.index.apply(changes)
            except Conflict:
                _log.info("counts changed by another worker", extra={"images": len(images)})
            else:
                return len(changes)
        raise Conflict("the counts kept being changed by other workers", retryable=True)

    def _changes(self, images: Sequence[ImageId]) -> list[ContributionChange]:
        held = self.index.counted(images)  # before the findings: see the module's docstring
        changes = []
        for image in images:
            present = self.source.contribution(image)
            before = held.get(image)
            if present is not None and _differs(before, present):
                changes.append(ContributionChange(image, before, present))
        return changes


def _differs(held: Counted | None, present: Contribution) -> bool:
    return present.present if held is None else held.contribution != present


def _visible(change: object, side: str) -> object:
    item = change.get(side) if isinstance(change, Mapping) else None
    if not isinstance(item, Mapping):
        return None
    return {name: item.get(name) for name in ("committed", "status", "retired", "last_scan")}
