"""One malicious sample: what it is, what was decided about it, and the images that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pratique.errors import InvalidValue
from pratique.model.sample import Level, RuleMatch
from pratique.ports.counts import Table, TableName
from pratique.ports.findings import LevelCounts, ProcessingStatus, StoredImage, StoredSample
from pratique.ports.queries import SampleFacts
from pratique.services.query.affected import standing
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.samples import level_counts
from pratique.services.query.scope import ScopeFilter

_NOTE_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class SamplePage:
    """What is known of a sample; ``status_at`` is None while nobody has decided anything."""

    sha256: str
    name: str
    level: Level
    size: int
    rules: tuple[RuleMatch, ...]
    status: ProcessingStatus
    status_by: str
    status_at: datetime | None
    note: str
    images: LevelCounts
    first_scan: datetime | None
    last_scan: datetime | None


@dataclass(frozen=True, slots=True)
class InfectedImage:
    """One image (without its layers) and the sample's places in it."""

    image: StoredImage
    sample: StoredSample


def get_sample(reading: Reading, sha256: str) -> SamplePage | None:
    """Return the page of a sample that was ever found, None for any other hash."""
    facts = reading.library.samples().get(sha256)
    return _page(reading, facts) if facts else None


def list_sample_images(
    reading: Reading, sha256: str, scope: ScopeFilter, page: PageRequest
) -> Page[InfectedImage] | None:
    """Return one page of the images that a sample stands in; None for a hash that was never found."""
    if sha256 not in reading.library.samples():
        return None
    found = standing(reading, f"M#{sha256}", scope, page)
    rows = (InfectedImage(image, item) for image, item in found.items if isinstance(item, StoredSample))
    return Page(tuple(rows), found.next_cursor, found.total)


def set_sample_status(
    reading: Reading, sha256: str, status: ProcessingStatus, *, by: str, note: str = ""
) -> SamplePage | None:
    """Record what ``by`` decided, and return the page; None for a hash that was never found.

    Raises InvalidValue for a note of more than 2000 characters.
    """
    if len(note) > _NOTE_CHARACTERS:
        raise InvalidValue(f"a note has at most {_NOTE_CHARACTERS} characters")
    facts = reading.library.set_sample_status(sha256, status, by=by, note=note, now=reading.clock.now())
    return _page(reading, facts) if facts else None


def _page(reading: Reading, facts: SampleFacts) -> SamplePage:
    row = reading.counts.rows(TableName(Table.SAMPLES)).get(facts.sha256)
    return SamplePage(
        sha256=facts.sha256,
        name=facts.name,
        level=facts.level,
        size=facts.size,
        rules=facts.rules,
        status=facts.status,
        status_by=facts.status_by,
        status_at=facts.status_at,
        note=facts.note,
        images=level_counts(row) if row else LevelCounts(),
        first_scan=row.first if row else None,
        last_scan=row.last if row else None,
    )
