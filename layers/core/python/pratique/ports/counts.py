"""Counts of images per vulnerability, per sample and per repository, in every scope.

A count is never told "add one": each image has a *contribution*, the whole of what it adds to every count, and
the index moves from the contribution that it holds to the one that is true now.  So an event that comes twice, late or
not at all leads to the same counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from pratique.model.base_image import LayerOrigin
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority


class FoundIn(StrEnum):
    """In which categories one vulnerability was found in one image."""

    SYSTEM = "system"
    APPLICATION = "application"
    BOTH = "both"


class Risk(StrEnum):
    """How bad an image is: the worst of its open findings; ``clean`` only after a complete scan without any."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    CLEAN = "clean"
    UNKNOWN = "unknown"


class ImageStatus(StrEnum):
    """How an image's last scan ended; ``unscanned`` where none has ended yet."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    UNSCANNED = "unscanned"

    @classmethod
    def of(cls, status: ScanStatus | None) -> ImageStatus:
        """Return the word for a stored status."""
        return cls.UNSCANNED if status is None else cls(status.value)


class Contribution(Struct, frozen=True):
    """What one image adds to the counts: nothing at all where it is retired (``present`` is false).

    ``vulnerabilities`` maps ids of open ones to their categories, their highest priority and whose layers they came
    with (the base image's only where every affected package did), ``samples`` hashes to levels.
    ``allowed`` are the samples that the allow-list keeps quiet: they weigh nothing, and stay listed.  ``suppressions``
    are the ids of those that hide anything in the image.
    """

    present: bool
    risk: Risk
    status: ImageStatus
    last_scan: datetime | None
    vulnerabilities: Mapping[str, tuple[FoundIn, Priority, LayerOrigin]]
    samples: Mapping[str, Level]
    allowed: frozenset[str] = frozenset()
    suppressions: frozenset[str] = frozenset()


ALLOWED = "allowed"
"""The band of images in which the allow-list keeps a sample quiet."""

HIDES = "hides"
"""The band of images in which a suppression hides a finding."""


class Table(StrEnum):
    """What a table of counts has one row for; the bands of its rows are listed in `BANDS`."""

    VULNERABILITIES = "V"
    SAMPLES = "M"
    REPOSITORIES = "R"
    SUPPRESSIONS = "S"


BANDS: Mapping[Table, tuple[str, ...]] = {
    Table.VULNERABILITIES: tuple(
        f"{found_in}/{priority}/{origin}" for found_in in FoundIn for priority in Priority for origin in LayerOrigin
    ),
    Table.SAMPLES: (*Level, ALLOWED),
    Table.REPOSITORIES: (*Risk, *(f"status/{status}" for status in ImageStatus)),
    Table.SUPPRESSIONS: (HIDES,),
}
"""The bands of each table's rows, in the order in which rows keep them.  Append only: rows are stored by position."""


class TableName(Struct, frozen=True):
    """One table of counts: what is counted, and in which scope (as text)."""

    table: Table
    scope: str = "ALL"


class CountDelta(Struct, frozen=True):
    """A change of one row: ``images`` more (or, negative, fewer) in ``band``.

    ``seen`` moves the row's last scan time forward; ``images`` may be 0 for a delta that does only that.
    """

    name: TableName
    key: str
    band: int
    images: int
    seen: datetime | None


class CountRow(Struct, frozen=True):
    """Images by the position of their band, when a scan first found one and when one last did.

    Bands without images are left out; the times are None where no image was scanned yet.
    """

    bands: Mapping[int, int]
    first: datetime | None
    last: datetime | None


class Counted(Struct, frozen=True):
    """The contribution that the counts hold of an image; ``version`` grows with every change of it."""

    version: int
    contribution: Contribution


class ContributionChange(Struct, frozen=True):
    """One image moves from the contribution that the index holds (None: none) to the present one."""

    image: ImageId
    before: Counted | None
    after: Contribution


class ContributionSource(Protocol):
    """Tells what images contribute now."""

    def contribution(self, image: ImageId) -> Contribution | None:
        """Return the contribution of the report that is visible now, None for an image that was never seen."""
        ...


class CountIndex(Protocol):
    """The counts, and the contributions they are made of."""

    def counted(self, images: Iterable[ImageId]) -> Mapping[ImageId, Counted]:
        """Return the contributions that the counts hold; images that were never counted are left out."""
        ...

    def apply(self, changes: Sequence[ContributionChange]) -> None:
        """Store every ``after`` and move the counts with it: one image's change is all or nothing.

        Raises Conflict where an image's ``before`` is not what the counts hold any more, or where others kept
        changing the same rows; other images' changes may have been applied then.
        """
        ...

    def publish(self, names: Iterable[TableName]) -> None:
        """Let `rows` answer these tables as they are now; to be called after what changed them."""
        ...

    def rows(self, name: TableName) -> Mapping[str, CountRow]:
        """Return one table whole, as it was published last or later; a row without images is not in it.

        Reading costs the same however large the table is, and answers the same mapping while it is unchanged.
        """
        ...

    def rows_of(self, names: Sequence[TableName]) -> Mapping[TableName, Mapping[str, CountRow]]:
        """Return several tables whole, in fewer reads than one after the other."""
        ...

    def row(self, name: TableName, key: str) -> CountRow | None:
        """Return one row as it is now, None where no image has it."""
        ...

    def current(self, name: TableName) -> Mapping[str, CountRow]:
        """Return one table whole as it is now, at a cost that grows with it."""
        ...

    def correct(
        self, name: TableName, rows: Mapping[str, CountRow | None], expected: Mapping[str, CountRow | None]
    ) -> None:
        """Replace rows (None: remove) of one table that a recount found wrong.

        Raises Conflict, having changed nothing, where one of them is not ``expected`` any more.
        """
        ...
