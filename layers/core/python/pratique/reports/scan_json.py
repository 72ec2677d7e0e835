"""A scan as one JSON document, for programs.  A change that could break a reader raises ``schema_version``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from pratique.model.base_image import LayerOrigin
from pratique.model.coverage import LeftOutFiles, Reason
from pratique.model.finding import Evidence, ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.sample import ImageSample, RuleMatch
from pratique.reports.finding_rows import FindingRow, finding_rows
from pratique.reports.json_document import ImageEntry, to_json
from pratique.reports.layer_places import LayerPlace, layer_places, place_of
from pratique.reports.scan_summary import ScanSummary, summarize

SCHEMA_VERSION = 1


class CoverageEntry(Struct, frozen=True):
    """What the scan could see; sizes are bytes, ages seconds.  ``left_out`` is what was not scanned for malware."""

    layers: int
    layers_read: int
    files: int
    files_scanned: int
    bytes_scanned: int
    packages: int
    advisory_revision: str
    advisory_age_seconds: int | None
    rules_revision: str
    left_out: tuple[LeftOutFiles, ...]
    reasons: tuple[Reason, ...]


class PackageEntry(Struct, frozen=True):
    """A package as other tools name it."""

    ecosystem: str
    name: str
    version: str
    purl: str


class VulnerabilityEntry(Struct, frozen=True):
    """One vulnerability in one package; ``origin`` says whether it came with the base image.

    ``evidence`` has one entry for each advisory that matches: its range and the comparison that was made; ``cause``
    says it in a sentence.  ``suppressed_by`` is the id of the suppression that hides it, ``suppressed_because`` its
    reason; then it is in no number of the summary.  Of the texts that say what to do only ``fix_command`` may be empty,
    where no command mends it; ``dockerfile`` says which instruction to change, ``references`` are the first 20.
    """

    id: str
    aliases: tuple[str, ...]
    category: str
    host_only: bool
    priority: str
    severity: str
    severity_source: str
    package: PackageEntry
    fixed_version: str
    fix_state: str
    path: str
    layer: LayerPlace
    origin: LayerOrigin
    evidence: tuple[Evidence, ...]
    suppressed_by: str
    cause: str
    fix_command: str
    fix_note: str
    dockerfile: str
    caution: str
    prevention: str
    references: tuple[str, ...]
    suppressed_because: str


class SampleEntry(Struct, frozen=True):
    """One malicious sample in one place; ``removed``: a higher layer hides or deletes the file there.

    ``purl`` is empty unless the sample is a package; then ``sha256`` is that of the URL.  ``rule`` is the worst of
    ``rules``, which say what named it, where in the file, and what it does.  ``allowed_by`` is the entry of the
    allow-list that keeps the place quiet; a sample that is quiet in every place is in no number of the summary.
    """

    sha256: str
    purl: str
    name: str
    level: str
    behaviours: tuple[str, ...]
    rule: str
    rules: tuple[RuleMatch, ...]
    path: str
    layer: LayerPlace
    removed: bool
    allowed_by: str


class ScanDocument(Struct, frozen=True):
    """The whole document."""

    schema_version: int
    image: ImageEntry
    status: str
    coverage: CoverageEntry
    vulnerabilities: tuple[VulnerabilityEntry, ...]
    samples: tuple[SampleEntry, ...]
    summary: ScanSummary


def scan_document(image: Image, report: ImageReport, inventory: ImageInventory) -> ScanDocument:
    """Return the document of one scan, worst first."""
    places = layer_places(image)
    samples = sorted(report.samples, key=lambda sample: (sample.level.rank, sample.name, sample.sha256))
    return ScanDocument(
        schema_version=SCHEMA_VERSION,
        image=ImageEntry(image.reference, image.digest, str(image.platform), report.coverage.distribution, image.base),
        status=report.status.value,
        coverage=_coverage(report),
        vulnerabilities=tuple(_vulnerability(row, places) for row in finding_rows(image, report, inventory)),
        samples=tuple(entry for sample in samples for entry in _sample(sample, places)),
        summary=summarize(report),
    )


def scan_json(image: Image, report: ImageReport, inventory: ImageInventory) -> bytes:
    """Return the document as indented UTF-8 JSON with a line end."""
    return to_json(scan_document(image, report, inventory))


def _coverage(report: ImageReport) -> CoverageEntry:
    seen = report.coverage
    return CoverageEntry(
        layers=seen.layers,
        layers_read=seen.layers_read,
        files=seen.files,
        files_scanned=seen.files_scanned,
        bytes_scanned=seen.bytes_scanned,
        packages=seen.packages,
        advisory_revision=seen.advisory_revision,
        advisory_age_seconds=seen.advisory_age_seconds,
        rules_revision=seen.rules_revision,
        left_out=seen.left_out,
        reasons=seen.reasons,
    )


def _vulnerability(row: FindingRow, places: Mapping[str, LayerPlace]) -> VulnerabilityEntry:
    flaw, affected, remedy = row.finding.vulnerability, row.affected, row.remedy
    installed = affected.installed
    location = installed.locations[0]
    place = place_of(places, location.layer)
    return VulnerabilityEntry(
        id=flaw.id,
        aliases=flaw.aliases,
        category=row.finding.category.value,
        host_only=row.finding.host_only,
        priority=row.finding.priority.value,
        severity=flaw.severity.value,
        severity_source=flaw.severity_source,
        package=PackageEntry(installed.ecosystem, installed.package.name, installed.package.version, row.package.purl),
        fixed_version=affected.fixed_version,
        fix_state=affected.fix_state.value,
        path=location.path,
        layer=place,
        origin=place.origin,
        evidence=affected.evidence,
        suppressed_by=affected.suppressed_by,
        cause=row.cause,
        fix_command=remedy.command,
        fix_note=remedy.instead,
        dockerfile=remedy.dockerfile,
        caution=remedy.caution,
        prevention=remedy.prevention,
        references=row.references,
        suppressed_because=row.suppressed_because,
    )


def _sample(sample: ImageSample, places: Mapping[str, LayerPlace]) -> Iterator[SampleEntry]:
    worst = min(sample.rules, key=lambda match: match.level.rank)
    for file in sample.files:
        yield SampleEntry(
            sha256=sample.sha256,
            purl=sample.purl,
            name=sample.name,
            level=sample.level.value,
            behaviours=tuple(behaviour.value for behaviour in sample.behaviours),
            rule=worst.rule,
            rules=sample.rules,
            path=file.location.path,
            layer=place_of(places, file.location.layer),
            removed=file.removed,
            allowed_by=file.allowed_by,
        )
