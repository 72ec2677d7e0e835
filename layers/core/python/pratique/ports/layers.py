"""The lease on a layer, so that two scans do not read one layer at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from pratique.model.digest import DiffId


class Claimed(Struct, frozen=True):
    """The caller holds the lease until ``until`` and must finish or release it."""

    until: datetime


class AlreadyRead(Struct, frozen=True):
    """The layer's report is stored under ``report_key``."""

    report_key: str


class HeldElsewhere(Struct, frozen=True):
    """Another worker holds the lease until ``until``."""

    until: datetime


Claim = Claimed | AlreadyRead | HeldElsewhere


class LayerLeases(Protocol):
    """One record per layer and analyzer version: leased, or read."""

    def claim(self, diff_id: DiffId, analyzer: str, owner: str, now: datetime, seconds: int) -> Claim:
        """Take the lease unless the layer is read or an unexpired lease is another owner's.

        At most one owner holds an unexpired lease; claiming again as the same owner renews it.
        """
        ...

    def finish(self, diff_id: DiffId, analyzer: str, owner: str, report_key: str) -> None:
        """Record that the report is stored; afterwards every `claim` answers AlreadyRead."""
        ...

    def release(self, diff_id: DiffId, analyzer: str, owner: str, reason: str) -> None:
        """Give the lease back without a report, keeping ``reason``; a no-op for another's lease."""
        ...

    def read(self, diff_ids: Sequence[DiffId]) -> frozenset[DiffId]:
        """Return those of up to 100 layers that a report of the newest analyzer is stored of.

        The newest is the one that last finished a layer; while none has, no layer counts as read.
        """
        ...

    def read_by(self, analyzer: str, diff_ids: Sequence[DiffId]) -> frozenset[DiffId]:
        """Return those layers that a report of this analyzer is stored of."""
        ...

    def begin_removal(self, diff_id: DiffId, analyzer: str, now: datetime) -> bool:
        """Take the lease of a layer that was read, so that nobody counts on its report; return whether that was so.

        The lease runs out by itself where the removal never ends, and the layer is then read again.
        """
        ...

    def removed(self, diff_id: DiffId, analyzer: str) -> None:
        """Forget the layer: its report is gone."""
        ...
