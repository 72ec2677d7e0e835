"""Every night a share of the images and tables is counted again; what is wrong is put right and reported.

The counts move in one transaction with the contributions that they hold, so what can be wrong is an image whose stream
record never came, or a row that somebody changed by hand.  Drift is therefore a number to watch: it is 0.

Images are compared with what was counted of them, a repository's tables with its images, and the tables of wider
scopes with those of the repositories in them.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from pratique.errors import Conflict
from pratique.model.image import ImageId
from pratique.ports.counts import ContributionChange, CountIndex, CountRow, Table, TableName
from pratique.ports.image_catalog import ImageCatalog
from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.contributions import deltas

_log = logging.getLogger(__name__)

_TABLES = (Table.VULNERABILITIES, Table.SAMPLES, Table.SUPPRESSIONS)
_BATCH = 100
_TRIES = 3


class Repaired(Struct, frozen=True):
    """What one share came to.

    ``images`` of ``repositories`` repositories were looked at, ``images_drifted`` of them contributed other than was
    counted; ``rows_drifted`` rows were wrong, of those repositories' tables and of wider ones.
    """

    images: int
    images_drifted: int
    repositories: int
    rows_drifted: int


class _Sum:
    """What a row should be."""

    def __init__(self) -> None:
        self.bands: Counter[int] = Counter()
        self._times: list[datetime] = []

    def add(self, row: CountRow) -> None:
        """Add the images of a row that this one is made of."""
        self.bands.update(row.bands)
        self._times.extend(moment for moment in (row.first, row.last) if moment)

    def row(self, stored: CountRow | None) -> CountRow:
        """Return the row; the times are those of the one that is stored, which may know of images that have left."""
        first, last = min(self._times, default=None), max(self._times, default=None)
        return CountRow(dict(self.bands), (stored and stored.first) or first, (stored and stored.last) or last)


class RepairCounts(Struct, frozen=True):
    """Counts again the repositories of one share: all of them are looked at once in ``shares`` nights."""

    catalog: ImageCatalog
    aggregate: AggregateFindings
    index: CountIndex
    shares: int = 30

    def __call__(self, share: int) -> Repaired:
        """Recount the share ``share`` (any number; its remainder by ``shares`` counts).  Raises StoreError."""
        images = drifted = rows = repositories = 0
        everywhere = self._repositories()
        for repository in (name for name in everywhere if self._is_of(name, share)):
            known = tuple(self.catalog.images(f"R#{repository}"))
            images += len(known)
            for start in range(0, len(known), _BATCH):
                drifted += self.aggregate.recount(known[start : start + _BATCH]).changed
            repositories += 1
            rows += sum(self._recount(name, known) for name in _tables_of(repository))
            rows += self._recount(TableName(Table.REPOSITORIES), known, only=repository)
        rows += sum(self._add_up(table, everywhere, share) for table in _TABLES)
        self.index.publish(TableName(table, scope) for table in Table for scope in _wider_scopes(everywhere))
        if drifted or rows:
            _log.error("counts had drifted", extra={"images": drifted, "rows": rows})
        return Repaired(images, drifted, repositories, rows)

    def _is_of(self, name: str, share: int) -> bool:
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % self.shares == share % self.shares

    def _repositories(self) -> tuple[str, ...]:
        """Return every repository: those that have images and those that are counted."""
        found = set(self.index.current(TableName(Table.REPOSITORIES)))
        last = ""
        for image in self.catalog.images("ALL"):
            name = f"{image.instance}/{image.repository}"
            if name != last:
                found.add(name)
                last = name
        return tuple(sorted(found))

    def _recount(self, name: TableName, images: tuple[ImageId, ...], only: str = "") -> int:
        """Compare one table, or one row of it, with what images contribute; return how many rows were wrong."""
        for _ in range(_TRIES):
            stored = {key: row for key, row in self.index.current(name).items() if only in {"", key}}
            right = self._count(name, images)
            wrong = _wrong(stored, right)
            if not wrong or self._replace(name, stored, right):
                return len(wrong)
        return 0

    def _add_up(self, table: Table, repositories: Iterable[str], share: int) -> int:
        """Compare the share's rows of the wider scopes with the sums of those of their repositories.

        The wider rows are read first and corrected only where they are still the same: whatever changes a row of a
        repository changes them in the same transaction.
        """
        held = {
            scope: {
                key: row for key, row in self.index.current(TableName(table, scope)).items() if self._is_of(key, share)
            }
            for scope in _wider_scopes(repositories)
        }
        sums: dict[str, dict[str, _Sum]] = {scope: {} for scope in held}
        for repository in repositories:
            for key, row in self.index.current(TableName(table, f"R#{repository}")).items():
                if self._is_of(key, share):
                    for scope in _wider_scopes([repository]):
                        sums[scope].setdefault(key, _Sum()).add(row)
        return sum(self._replace(TableName(table, scope), stored, sums[scope]) for scope, stored in held.items())

    def _replace(self, name: TableName, stored: Mapping[str, CountRow], right: Mapping[str, _Sum]) -> int:
        wrong = _wrong(stored, right)
        if wrong:
            try:
                self.index.correct(name, wrong, {key: stored.get(key) for key in wrong})
            except Conflict:
                return 0  # a scan came in between: what was read may have been right
        return len(wrong)

    def _count(self, name: TableName, images: tuple[ImageId, ...]) -> Mapping[str, _Sum]:
        rows: dict[str, _Sum] = {}
        for start in range(0, len(images), _BATCH):
            for image, counted in self.index.counted(images[start : start + _BATCH]).items():
                for delta in deltas(ContributionChange(image, None, counted.contribution)):
                    if delta.name == name:
                        rows.setdefault(delta.key, _Sum()).add(
                            CountRow({delta.band: delta.images}, delta.seen, delta.seen)
                        )
        return rows


def _tables_of(repository: str) -> tuple[TableName, ...]:
    return tuple(TableName(table, f"R#{repository}") for table in _TABLES)


def _wider_scopes(repositories: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes that hold more than one repository, each once."""
    scopes = dict.fromkeys(["ALL"])
    for name in repositories:
        instance, _, repository = name.partition("/")
        scopes |= dict.fromkeys([f"I#{instance}", f"N#{instance}/{repository.rpartition('/')[0]}"])
    return tuple(scopes)


def _wrong(stored: Mapping[str, CountRow], right: Mapping[str, _Sum]) -> dict[str, CountRow | None]:
    """Return the rows to be stored in the place of those that are not right, None for one to be removed."""
    wrong: dict[str, CountRow | None] = {key: None for key in stored if key not in right}
    for key, counted in right.items():
        row = stored.get(key)
        if row is None or dict(row.bands) != dict(counted.bands):
            wrong[key] = counted.row(row)
    return wrong
