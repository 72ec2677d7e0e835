"""Changes of images' contributions, and how one that no transaction has room for is made in halves.

Half a change ends at a contribution in between, which says exactly what is counted by then.  So a worker that dies
between two halves leaves counts that agree with the contributions they are made of, and whoever comes next goes on from
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, structs

from pratique.adapters.packed_items import MAX_FANOUT, hash_of
from pratique.ports.counts import Contribution, ContributionChange, CountDelta, Counted, Table
from pratique.services.contributions import deltas

Value = TypeVar("Value")


class Move(Struct, frozen=True):
    """One image's change, and the deltas of rows that it comes to."""

    change: ContributionChange
    deltas: tuple[CountDelta, ...]

    @classmethod
    def of(cls, change: ContributionChange) -> Move:
        """Return the move that makes the whole of a change."""
        return cls(change, tuple(deltas(change)))

    def first_half(self, bit: int) -> Move:
        """Return the half of this move whose rows have a hash without the bit ``bit``.

        Rows stand by the low bits of their hashes, so each half touches half of the parts that the whole does.
        """
        before, after = self.change.before, self.change.after
        between = _between(before.contribution if before else None, after, bit)
        early = tuple(delta for delta in self.deltas if _is_early(delta, after, bit))
        return Move(ContributionChange(self.change.image, before, between), early)

    def second_half(self, bit: int, held: Counted) -> Move:
        """Return the rest, to be made where ``held`` is what the first half has led to."""
        after = self.change.after
        late = tuple(delta for delta in self.deltas if not _is_early(delta, after, bit))
        return Move(ContributionChange(self.change.image, held, after), late)


def bits() -> range:
    """Return the bits that halves can be made by, each once."""
    return range(MAX_FANOUT.bit_length() - 1)


def _in_first(key: str, bit: int) -> bool:
    return not hash_of(key) >> bit & 1


def _is_early(delta: CountDelta, after: Contribution, bit: int) -> bool:
    """Whether a delta is of the first half; an image is in its repository before its findings count, and after."""
    if delta.name.table is Table.REPOSITORIES:
        return after.present
    return _in_first(delta.key, bit)


def _between(before: Contribution | None, after: Contribution, bit: int) -> Contribution:
    """Return what is counted when the rows of the first half have moved."""
    old = before if before and before.present else None
    new = after if after.present else None
    standing = new or old or after
    return structs.replace(
        standing,
        # With the time of the scan before: were the second half never made, every row's time would be set again.
        last_scan=old.last_scan if old else None,
        vulnerabilities=_mixed(old.vulnerabilities if old else {}, new.vulnerabilities if new else {}, bit),
        samples=_mixed(old.samples if old else {}, new.samples if new else {}, bit),
        allowed=_mixed_sets(old.allowed if old else (), new.allowed if new else (), bit),
        suppressions=_mixed_sets(old.suppressions if old else (), new.suppressions if new else (), bit),
    )


def _mixed(before: Mapping[str, Value], after: Mapping[str, Value], bit: int) -> dict[str, Value]:
    rest = {key: value for key, value in before.items() if not _in_first(key, bit)}
    return {key: value for key, value in after.items() if _in_first(key, bit)} | rest


def _mixed_sets(before: Iterable[str], after: Iterable[str], bit: int) -> frozenset[str]:
    return frozenset(_mixed(dict.fromkeys(before), dict.fromkeys(after), bit))
