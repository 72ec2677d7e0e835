"""What an assessment changes of an image's stored findings: a pure rule, shared by every store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from pratique.model.distribution import Distribution
from pratique.model.finding import ImageReport, VulnerabilityFinding
from pratique.model.image import Image, ImageId
from pratique.model.sample import ImageSample
from pratique.ports.findings import (
    AssessmentChange,
    FindingState,
    LevelCounts,
    PlacedLayer,
    PriorityCounts,
    StoredFile,
    StoredFinding,
    StoredSample,
)
from pratique.reports.affected_packages import placed_layers, stored_copies

Stored = StoredFinding | StoredSample
# A finding is one item of a table, and a package of packages can lie in a thousand places.
_MOST_COPIES = 20
_NOWHERE = PlacedLayer("", -1, "")


def key_of(stored: Stored) -> str:
    """Return the key of a finding inside its image: a vulnerability counts once in each category."""
    match stored:
        case StoredFinding():
            return f"V#{stored.id}#{stored.category}"
        case StoredSample():
            return f"M#{stored.sha256}"


def found_in(image: ImageId, resolved: Image, report: ImageReport, now: datetime) -> dict[str, Stored]:
    """Return what ``report`` found, as it is stored for an image that nothing was known of."""
    layers = {layer.diff_id: layer for layer in placed_layers(resolved)}
    distribution = _distribution(report.coverage.distribution)
    found: list[Stored] = [_finding(image, item, layers, distribution, now) for item in report.vulnerabilities]
    found.extend(_sample(image, item, layers, now) for item in report.samples)
    return {key_of(item): item for item in found}


class FindingChanges(Struct, frozen=True):
    """``after`` is the whole new report by key, ``written`` the keys of it that differ from the old one."""

    after: Mapping[str, Stored]
    written: tuple[str, ...]
    added: tuple[str, ...]
    fixed: tuple[str, ...]
    samples_added: tuple[str, ...]

    def summary(self, writes: int) -> AssessmentChange:
        """Return the change in the words of the port."""
        return AssessmentChange(self.added, self.fixed, self.samples_added, writes)


def changes(before: Mapping[str, Stored], found: Mapping[str, Stored], last_scan: datetime | None) -> FindingChanges:
    """Return what the findings become when ``found`` follows ``before``.

    Those that are gone are fixed, last seen by the scan before; those that return keep their first time.  Only open
    ones are added or fixed: what is kept quiet comes and goes without a word.
    """
    after: dict[str, Stored] = {}
    for key, item in found.items():
        old = before.get(key)
        after[key] = item if old is None else structs.replace(item, first_seen=old.first_seen)
    for key, old in before.items():
        if key not in found:
            gone = old if old.state is FindingState.FIXED else _fixed(old, last_scan)
            after[key] = gone
    written = [key for key, item in after.items() if _differs(before.get(key), item)]
    opened = [after[key] for key in written if is_open(after[key]) and not is_open(before.get(key))]
    closed = [after[key] for key in written if after[key].state is FindingState.FIXED and is_open(before.get(key))]
    return FindingChanges(
        after=after,
        written=tuple(sorted(written)),
        added=_ids(opened),
        fixed=_ids(closed),
        samples_added=tuple(sorted(item.sha256 for item in opened if isinstance(item, StoredSample))),
    )


def priority_counts(items: Sequence[Stored]) -> PriorityCounts:
    """Count open vulnerabilities by their highest priority; one found in both categories counts once."""
    highest: dict[str, int] = {}
    for item in items:
        if isinstance(item, StoredFinding) and is_open(item):
            highest[item.id] = min(item.priority.rank, highest.get(item.id, item.priority.rank))
    ranks = list(highest.values())
    return PriorityCounts(ranks.count(0), ranks.count(1), ranks.count(2))


def level_counts(items: Sequence[Stored]) -> LevelCounts:
    """Count open samples by level."""
    ranks = [item.level.rank for item in items if isinstance(item, StoredSample) and is_open(item)]
    return LevelCounts(ranks.count(0), ranks.count(1), ranks.count(2))


def is_open(item: Stored | None) -> bool:
    """Whether a finding counts: it is there, and nobody keeps it quiet."""
    return item is not None and item.state is FindingState.OPEN


def _ids(items: Sequence[Stored]) -> tuple[str, ...]:
    return tuple(sorted({item.id if isinstance(item, StoredFinding) else item.sha256 for item in items}))


def _fixed(item: Stored, last_scan: datetime | None) -> Stored:
    return structs.replace(item, state=FindingState.FIXED, last_seen=last_scan or item.last_seen)


def _differs(old: Stored | None, new: Stored) -> bool:
    """Whether ``new`` has to be written; when an open finding was last seen is the image's own last scan."""
    if old is None or old.state is not new.state:
        return True
    return structs.replace(old, last_seen=new.last_seen) != new


def _distribution(text: str) -> Distribution | None:
    name, _, version = text.partition(" ")
    return Distribution(name, version) if name else None


def _finding(
    image: ImageId,
    item: VulnerabilityFinding,
    layers: Mapping[str, PlacedLayer],
    distribution: Distribution | None,
    now: datetime,
) -> StoredFinding:
    return StoredFinding(
        image=image,
        id=item.vulnerability.id,
        category=item.category,
        priority=item.priority,
        severity=item.vulnerability.severity,
        packages=tuple(
            copy for package in item.packages for copy in stored_copies(package, layers, distribution)[:_MOST_COPIES]
        ),
        state=FindingState.IGNORED if item.is_quiet else FindingState.OPEN,
        first_seen=now,
        last_seen=now,
    )


def _sample(image: ImageId, item: ImageSample, layers: Mapping[str, PlacedLayer], now: datetime) -> StoredSample:
    return StoredSample(
        image=image,
        sha256=item.sha256,
        name=item.name,
        level=item.level,
        size=item.size,
        rules=item.rules,
        files=tuple(
            StoredFile(file.location.path, layers.get(file.location.layer, _NOWHERE), file.removed, file.allowed_by)
            for file in item.files
        ),
        state=FindingState.IGNORED if item.is_quiet else FindingState.OPEN,
        first_seen=now,
        last_seen=now,
        purl=item.purl,
    )
