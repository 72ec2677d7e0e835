"""Findings as flat rows: what the reports for other programs are made from, each with its cause and its remedy."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pratique.model.finding import ImageReport, PackageFinding, VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.ports.findings import PlacedLayer, StoredPackage
from pratique.remediation.cause import cause_of
from pratique.remediation.remedy import Remedy, Surroundings, remedy_of
from pratique.reports.affected_packages import placed_layers, stored_copies

_REFERENCES_TOLD = 20


class FindingRow(Struct, frozen=True):
    """One vulnerability in one package; ``score`` is the highest CVSS base score that any source gives.

    ``suppressed_because`` is the reason of the suppression that hides it, empty where none does.
    """

    finding: VulnerabilityFinding
    affected: PackageFinding
    package: StoredPackage
    score: float | None
    cause: str
    remedy: Remedy
    suppressed_because: str

    @property
    def references(self) -> tuple[str, ...]:
        """The first of the addresses, the advisory's own pages before all."""
        return self.remedy.references[:_REFERENCES_TOLD]

    @property
    def is_suppressed(self) -> bool:
        """Whether a suppression hides it."""
        return bool(self.package.suppressed_by)


class SampleRow(Struct, frozen=True):
    """One malicious sample in one place; ``description`` says what it is."""

    sha256: str
    name: str
    level: str
    rule: str
    description: str
    path: str
    layer: PlacedLayer
    removed: bool
    allowed_by: str


def finding_rows(image: Image, report: ImageReport, inventory: ImageInventory) -> Iterator[FindingRow]:
    """Yield every vulnerability in every package, suppressed ones too, worst first."""
    layers = {layer.diff_id: layer for layer in placed_layers(image)}
    around = Surroundings(image.base, report.tools)
    reasons = {one.id: one.reason for one in report.suppressions}
    ordered = sorted(report.vulnerabilities, key=lambda one: (one.priority.rank, one.vulnerability.id))
    for finding in ordered:
        flaw = finding.vulnerability
        score = max((rating.score for rating in flaw.ratings if rating.score is not None), default=None)
        for affected in finding.packages:
            copies = stored_copies(affected, layers, inventory.distribution)
            package = copies[0]
            remedy = remedy_of(copies, around, vulnerability=flaw.id, references=flaw.references)
            because = reasons.get(affected.suppressed_by, "")
            yield FindingRow(finding, affected, package, score, cause_of(package), remedy, because)


def sample_rows(image: Image, report: ImageReport) -> Iterator[SampleRow]:
    """Yield every malicious sample in every place, worst first."""
    layers = {layer.diff_id: layer for layer in placed_layers(image)}
    for sample in sorted(report.samples, key=lambda one: (one.level.rank, one.name, one.sha256)):
        worst = min(sample.rules, key=lambda match: match.level.rank)
        for file in sample.files:
            yield SampleRow(
                sha256=sample.sha256,
                name=sample.name,
                level=sample.level.value,
                rule=worst.rule,
                description=worst.description or worst.rule,
                path=file.location.path,
                layer=layers.get(file.location.layer, PlacedLayer(file.location.layer, -1, "")),
                removed=file.removed,
                allowed_by=file.allowed_by,
            )
