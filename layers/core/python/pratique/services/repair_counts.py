"""Every night a share of the images and tables is counted again; what is wrong is put right and reported.

The counts move in one transaction with the contributions that they hold, so what can be wrong is an image whose stream
record never came, or a row that somebody changed by hand.  Drift is therefore a number to watch: it is 0.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pratique.errors import Conflict
from pratique.model.image import ImageId
from pratique.ports.counts import ContributionChange, CountIndex, CountRow, Table, TableName
from pratique.ports.image_catalog import ImageCatalog
from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.contributions import deltas

_log = logging.getLogger(__name__)

_BATCH = 100
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Repaired:
    """What one share came to.

    ``images`` were looked at, ``images_drifted`` of them contributed other than was counted; ``rows_drifted`` rows of
    the tables of ``repositories`` repositories were wrong.
    """

    images: int
    images_drifted: int
    repositories: int
    rows_drifted: int


@dataclass(frozen=True, slots=True)
class RepairCounts:
    """Counts again the repositories of one share: all of them are looked at once in ``shares`` nights."""

    catalog: ImageCatalog
    aggregate: AggregateFindings
    index: CountIndex
    shares: int = 30

    def __call__(self, share: int) -> Repaired:
        """Recount the share ``share`` (any number; its remainder by ``shares`` counts).  Raises StoreError."""
        images = drifted = rows = repositories = 0
        for repository in self._repositories(share):
            known = tuple(self.catalog.images(f"R#{repository}"))
            images += len(known)
            for start in range(0, len(known), _BATCH):
                drifted += self.aggregate.recount(known[start : start + _BATCH]).changed
            repositories += 1
            rows += sum(self._recount(name, known) for name in _tables_of(repository))
        if drifted or rows:
            _log.error("counts had drifted", extra={"images": drifted, "rows": rows})
        return Repaired(images, drifted, repositories, rows)

    def _repositories(self, share: int) -> Iterator[str]:
        """Yield the repositories of the share: those that have images and those that are counted."""
        counted = set(self.index.current(TableName(Table.REPOSITORIES)))
        last = ""
        for image in self.catalog.images("ALL"):
            name = f"{image.instance}/{image.repository}"
            if name != last:
                counted.add(name)
                last = name
        yield from (name for name in sorted(counted) if _share(name, self.shares) == share % self.shares)

    def _recount(self, name: TableName, images: tuple[ImageId, ...]) -> int:
        """Compare one table with what its images contribute; return the number of rows that were wrong."""
        for _ in range(_TRIES):
            stored = self.index.current(name)
            right = self._count(name, images)
            wrong = {
                key: _corrected(stored.get(key), right.get(key))
                for key in stored.keys() | right.keys()
                if Counter(_bands(stored.get(key))) != right.get(key, Counter())
            }
            if not wrong:
                return 0
            try:
                self.index.correct(name, wrong, {key: stored.get(key) for key in wrong})
            except Conflict:
                continue  # a scan came in between: what was read may have been right
            return len(wrong)
        return 0

    def _count(self, name: TableName, images: tuple[ImageId, ...]) -> Mapping[str, Counter[int]]:
        rows: dict[str, Counter[int]] = {}
        for start in range(0, len(images), _BATCH):
            for image, counted in self.index.counted(images[start : start + _BATCH]).items():
                for delta in deltas(ContributionChange(image, None, counted.contribution)):
                    if delta.name == name:
                        rows.setdefault(delta.key, Counter())[delta.band] += delta.images
        return rows


def _tables_of(repository: str) -> tuple[TableName, ...]:
    return (
        TableName(Table.VULNERABILITIES, f"R#{repository}"),
        TableName(Table.SAMPLES, f"R#{repository}"),
        TableName(Table.SUPPRESSIONS, f"R#{repository}"),
    )


def _share(repository: str, shares: int) -> int:
    return int.from_bytes(hashlib.sha256(repository.encode()).digest()[:8]) % shares


def _bands(row: CountRow | None) -> Mapping[int, int]:
    return row.bands if row else {}


def _corrected(stored: CountRow | None, right: Mapping[int, int] | None) -> CountRow | None:
    if right is None:
        return None
    return CountRow(dict(right), stored.first if stored else None, stored.last if stored else None)
