"""One malicious sample: what it is, what was decided about it, and the images that it stands in."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.model.processing import Decision
from pratique.model.sample import Level, RuleMatch
from pratique.ports.counts import Table, TableName
from pratique.ports.findings import LevelCounts, StoredImage, StoredSample
from pratique.ports.queries import SampleFacts
from pratique.services.query.affected import standing
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.samples import level_counts, quiet_images
from pratique.services.query.scope import ScopeFilter

_DECISIONS_SHOWN = 100


class SamplePage(Struct, frozen=True):
    """What is known of a sample, and what was decided: last (``decision``) and before (``history``, newest first).

    ``images`` are those in which it counts; in ``quiet_images`` more ``allowed_by`` keeps it quiet.
    """

    sha256: str
    name: str
    level: Level
    size: int
    purl: str
    rules: tuple[RuleMatch, ...]
    decision: Decision
    history: tuple[Decision, ...]
    allowed_by: tuple[AllowListEntry, ...]
    images: LevelCounts
    quiet_images: int
    first_scan: datetime | None
    last_scan: datetime | None


class InfectedImage(Struct, frozen=True):
    """One image (without its layers) and the sample's places in it."""

    image: StoredImage
    sample: StoredSample


def get_sample(reading: Reading, sha256: str) -> SamplePage | None:
    """Return the page of a sample that was ever found, None for any other hash."""
    facts = reading.library.sample(sha256)
    return _page(reading, facts) if facts else None


def list_sample_images(
    reading: Reading, sha256: str, scope: ScopeFilter, page: PageRequest
) -> Page[InfectedImage] | None:
    """Return one page of the images that a sample stands in; None for a hash that was never found."""
    if reading.library.sample(sha256) is None:
        return None
    found = standing(reading, f"M#{sha256}", scope, page)
    rows = (InfectedImage(image, item) for image, item in found.items if isinstance(item, StoredSample))
    return Page(tuple(rows), found.next_cursor, found.total)


def _page(reading: Reading, facts: SampleFacts) -> SamplePage:
    row = reading.counts.row(TableName(Table.SAMPLES), facts.sha256)
    return SamplePage(
        sha256=facts.sha256,
        name=facts.name,
        level=facts.level,
        size=facts.size,
        purl=facts.purl,
        rules=facts.rules,
        decision=facts.decision,
        history=reading.library.decisions(facts.sha256, limit=_DECISIONS_SHOWN),
        allowed_by=_entries_about(reading, facts),
        images=level_counts(row) if row else LevelCounts(),
        quiet_images=quiet_images(row) if row else 0,
        first_scan=row.first if row else None,
        last_scan=row.last if row else None,
    )


def _entries_about(reading: Reading, facts: SampleFacts) -> tuple[AllowListEntry, ...]:
    """Return the active entries that name the sample, or a rule that ever named it."""
    now = reading.clock.now()
    names = {*facts.fired, *(key.rpartition("/")[2] for key in facts.fired)}
    return tuple(
        entry
        for entry in reading.allow_list.entries()
        if (entry.sha256 == facts.sha256 or entry.rule in names) and entry.state(now) is EntryState.ACTIVE
    )
