"""The estate at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct

from pratique.model.finding import Category
from pratique.model.severity import Priority
from pratique.ports.counts import BANDS, CountRow, ImageStatus, Risk, Table
from pratique.ports.findings import LevelCounts, PriorityCounts
from pratique.services.query.count_rows import repositories_like, rows_in
from pratique.services.query.reading import Reading
from pratique.services.query.samples import level_counts, worst
from pratique.services.query.scope import EVERYWHERE, ScopeFilter
from pratique.services.query.vulnerabilities import highest, priority_counts


class ImageTotals(Struct, frozen=True):
    """Images by risk, which add up to ``total``, and by how their last scan ended.

    ``scanned`` are those of which any scan ended other than in failure.
    """

    total: int
    high: int
    medium: int
    low: int
    clean: int
    unknown: int
    scanned: int
    unscanned: int
    failed: int


class VulnerabilityTotals(Struct, frozen=True):
    """Distinct vulnerabilities of each category by their highest priority."""

    system: PriorityCounts
    application: PriorityCounts


class AdvisoryState(Struct, frozen=True):
    """The advisory data in use; ``built`` is RFC 3339, ``age_seconds`` the age of its oldest source."""

    revision: str
    built: str
    starter: bool
    age_seconds: int | None


class Overview(Struct, frozen=True):
    """Everything that the first page shows; ``last_scan`` is when any image's last scan ended."""

    images: ImageTotals
    vulnerabilities: VulnerabilityTotals
    samples: LevelCounts
    last_scan: datetime | None
    advisories: AdvisoryState | None


def get_overview(reading: Reading, scope: ScopeFilter = EVERYWHERE) -> Overview:
    """Return the totals of a scope; raises InvalidValue for one that names a digest."""
    scope = scope.without_digest("the overview")
    repositories = repositories_like(reading, scope, "")
    rows = rows_in(reading, Table.VULNERABILITIES, scope, "")
    totals = reading.remembered.answer(("totals", scope), (rows,), lambda: vulnerability_totals(rows.values()))
    return Overview(
        images=image_totals(repositories.values()),
        vulnerabilities=totals,
        samples=sample_totals(rows_in(reading, Table.SAMPLES, scope, "").values()),
        last_scan=max((row.last for row in repositories.values() if row.last), default=None),
        advisories=_advisories(reading),
    )


def image_totals(rows: Iterable[CountRow]) -> ImageTotals:
    """Return the images that rows of repositories count."""
    bands = BANDS[Table.REPOSITORIES]
    images: Counter[str] = Counter()
    for row in rows:
        images.update({bands[band]: number for band, number in row.bands.items()})
    risks = {risk: images[risk] for risk in Risk}
    unscanned, failed = (images[f"status/{status}"] for status in (ImageStatus.UNSCANNED, ImageStatus.FAILED))
    total = sum(risks.values())
    return ImageTotals(
        total=total,
        high=risks[Risk.HIGH],
        medium=risks[Risk.MEDIUM],
        low=risks[Risk.LOW],
        clean=risks[Risk.CLEAN],
        unknown=risks[Risk.UNKNOWN],
        scanned=total - unscanned - failed,
        unscanned=unscanned,
        failed=failed,
    )


def vulnerability_totals(rows: Collection[CountRow]) -> VulnerabilityTotals:
    """Return how many vulnerabilities there are rows of, by category and highest priority."""
    return VulnerabilityTotals(_by_priority(rows, Category.SYSTEM), _by_priority(rows, Category.APPLICATION))


def sample_totals(rows: Iterable[CountRow]) -> LevelCounts:
    """Return how many samples count in any image, by worst level."""
    counted = (level_counts(row) for row in rows)
    return LevelCounts(**Counter(worst(counts).value for counts in counted if counts.total))


def _by_priority(rows: Iterable[CountRow], category: Category) -> PriorityCounts:
    counted = (priority_counts(row, category) for row in rows)
    found = Counter(highest(counts) for counts in counted if counts.total)
    return PriorityCounts(found[Priority.HIGH], found[Priority.MEDIUM], found[Priority.LOW])


def _advisories(reading: Reading) -> AdvisoryState | None:
    revision = reading.advisories()
    if revision is None:
        return None
    fetched = [datetime.fromisoformat(source.fetched) for source in revision.sources if source.fetched]
    age = int((reading.clock.now() - min(fetched)).total_seconds()) if fetched else None
    return AdvisoryState(revision.revision, revision.built, revision.starter, age)
