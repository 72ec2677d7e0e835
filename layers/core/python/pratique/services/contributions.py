"""What one image adds to every count, and which rows change when that changes: pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from pratique.model.base_image import LayerOrigin
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.counts import (
    ALLOWED,
    BANDS,
    HIDES,
    Contribution,
    ContributionChange,
    CountDelta,
    FoundIn,
    ImageStatus,
    Risk,
    Table,
    TableName,
)
from pratique.ports.findings import (
    FindingState,
    LevelCounts,
    PriorityCounts,
    StoredFinding,
    StoredSample,
    joined_origin,
)
from pratique.services.finding_changes import Stored

_BAND: Mapping[Table, Mapping[str, int]] = {
    table: {band: position for position, band in enumerate(bands)} for table, bands in BANDS.items()
}


InImage = tuple[FoundIn, Priority, LayerOrigin]


def contribution_of(
    items: Iterable[Stored],
    *,
    retired: bool,
    status: ScanStatus | None,
    last_scan: datetime | None,
) -> Contribution:
    """Return what an image with these findings adds to the counts.

    A vulnerability counts once, at its highest priority, whatever number of packages it affects.
    """
    vulnerabilities: dict[str, InImage] = {}
    samples: dict[str, Level] = {}
    allowed: set[str] = set()
    suppressions: set[str] = set()
    for item in items:
        if isinstance(item, StoredFinding) and item.state is not FindingState.FIXED:
            suppressions.update(item.suppressed_by)
        match item:
            case StoredFinding(state=FindingState.OPEN):
                known = vulnerabilities.get(item.id)
                vulnerabilities[item.id] = _joined(known, item)
            case StoredSample(state=FindingState.OPEN):
                samples[item.sha256] = item.level
            case StoredSample(state=FindingState.IGNORED):
                allowed.add(item.sha256)
            case _:
                pass
    return Contribution(
        present=not retired,
        risk=risk_of(_priorities(vulnerabilities), _levels(samples), status),
        status=ImageStatus.of(status),
        last_scan=last_scan,
        vulnerabilities=vulnerabilities,
        samples=samples,
        allowed=frozenset(allowed),
        suppressions=frozenset(suppressions),
    )


def scopes_of(image: ImageId) -> tuple[str, ...]:
    """Return the scopes that an image counts in; images without a namespace share the empty one."""
    return (
        "ALL",
        f"I#{image.instance}",
        f"N#{image.instance}/{image.namespace}",
        f"R#{image.instance}/{image.repository}",
    )


def tables_of(images: Iterable[ImageId]) -> tuple[TableName, ...]:
    """Return every table of counts that these images stand in, each once."""
    scopes = dict.fromkeys(scope for image in images for scope in scopes_of(image))
    tables = (Table.VULNERABILITIES, Table.SAMPLES, Table.SUPPRESSIONS)
    names = [TableName(table, scope) for scope in scopes for table in tables]
    return (TableName(Table.REPOSITORIES), *names) if names else ()


def deltas(change: ContributionChange) -> Iterator[CountDelta]:
    """Yield what every row gains or loses by one image's change.

    A newer scan that found the same thing moves the rows' last scan time only.
    """
    held = change.before.contribution if change.before else None
    before = _bands(change.image, held)
    after = _bands(change.image, change.after)
    rescanned = held is None or held.last_scan != change.after.last_scan
    seen = change.after.last_scan if rescanned else None
    for row in before | after:
        name, key, band = row
        images = (row in after) - (row in before)
        if images or (seen is not None and row in after):
            yield CountDelta(name, key, band, images, seen if row in after else None)


def contribution_deltas(image: ImageId, contribution: Contribution) -> Iterator[CountDelta]:
    """Yield what an image adds to every row that it stands in."""
    return deltas(ContributionChange(image, None, contribution))


def _joined(known: InImage | None, item: StoredFinding) -> InImage:
    found_in = FoundIn(item.category.value)
    if known is None:
        return found_in, item.priority, item.origin
    highest = min(known[1], item.priority, key=lambda value: value.rank)
    return (
        found_in if known[0] is found_in else FoundIn.BOTH,
        highest,
        joined_origin((known[2], item.origin)),
    )


def _priorities(vulnerabilities: Mapping[str, InImage]) -> PriorityCounts:
    counts = Counter(priority.value for _, priority, _ in vulnerabilities.values())
    return PriorityCounts(**counts)


def _levels(samples: Mapping[str, Level]) -> LevelCounts:
    counts = Counter(level.value for level in samples.values())
    return LevelCounts(**counts)


def risk_of(vulnerabilities: PriorityCounts, samples: LevelCounts, status: ScanStatus | None) -> Risk:
    """Return how bad an image is.  A sample weighs as much as a vulnerability of the same place in its own list."""
    if vulnerabilities.high or samples.urgent:
        return Risk.HIGH
    if vulnerabilities.medium or samples.warning:
        return Risk.MEDIUM
    if vulnerabilities.low or samples.notice:
        return Risk.LOW
    return Risk.CLEAN if status is ScanStatus.COMPLETE else Risk.UNKNOWN


def _bands(image: ImageId, contribution: Contribution | None) -> frozenset[tuple[TableName, str, int]]:
    """Return the rows and bands that an image stands in."""
    if contribution is None or not contribution.present:
        return frozenset()
    repositories = TableName(Table.REPOSITORIES)
    repository = f"{image.instance}/{image.repository}"
    places = [(repositories, repository, word) for word in (contribution.risk, f"status/{contribution.status}")]
    for scope in scopes_of(image):
        name = TableName(Table.VULNERABILITIES, scope)
        found = contribution.vulnerabilities.items()
        places.extend((name, identifier, "/".join(standing)) for identifier, standing in found)
        name = TableName(Table.SAMPLES, scope)
        places.extend((name, sha256, level) for sha256, level in contribution.samples.items())
        places.extend((name, sha256, ALLOWED) for sha256 in contribution.allowed)
        name = TableName(Table.SUPPRESSIONS, scope)
        places.extend((name, suppression, HIDES) for suppression in contribution.suppressions)
    return frozenset((name, key, _BAND[name.table][word]) for name, key, word in places)
