"""Fold an image's layer reports, match, and store what differs: the half that reads no layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from pratique.errors import Superseded
from pratique.inventory.image import fold
from pratique.inventory.report_codec import decode
from pratique.matching.matcher import match
from pratique.model.coverage import Coverage, Reason, ReasonCode, ScanStatus, status_of
from pratique.model.finding import ImageReport
from pratique.model.image import Image, ImageId, Layer
from pratique.model.inventory import ImageInventory, LayerReport
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.clock import Clock
from pratique.ports.findings import AssessmentChange, FindingStore
from pratique.ports.objects import ObjectStore
from pratique.services.analyze_layer import report_key
from pratique.services.resolve_image import load_image


def assess(
    image: Image,
    reports: Sequence[LayerReport | None],
    database: AdvisoryDatabase,
    *,
    more_reasons: Sequence[Reason] = (),
) -> tuple[ImageReport, ImageInventory]:
    """Return the report and the inventory of an image from its layers' reports (None: not read).

    ``more_reasons`` says what is known beyond the reports, such as why a layer was not read.
    """
    inventory = fold(image.layers, reports)
    result = match(inventory, database)
    read = [report for report in reports if report is not None]
    told = {reason.layer for reason in more_reasons}
    folded = [
        reason
        for reason in inventory.reasons
        if not (reason.code is ReasonCode.LAYER_NOT_READ and reason.layer in told)
    ]
    coverage = Coverage(
        distribution=str(inventory.distribution or ""),
        layers=len(image.layers),
        layers_read=len(read),
        files=sum(len(report.paths) for report in read),
        files_scanned=sum(report.files_scanned for report in read),
        bytes_scanned=sum(report.bytes_scanned for report in read),
        packages=len(inventory.packages),
        advisory_revision=database.revision.revision,
        rules_revision=next((report.rules_revision for report in read), ""),
        reasons=tuple(dict.fromkeys((*more_reasons, *folded, *result.reasons))),
    )
    return ImageReport(status_of(coverage), coverage, result.vulnerabilities, inventory.samples), inventory


@dataclass(frozen=True, slots=True)
class Assessment:
    """How an assessment ended; ``status`` is None for one that a newer one superseded."""

    status: ScanStatus | None
    change: AssessmentChange | None


@dataclass(frozen=True, slots=True)
class AssessImage:
    """Assesses an image from stored layer reports; needs no registry."""

    objects: ObjectStore
    findings: FindingStore
    database: AdvisoryDatabase
    clock: Clock

    def __call__(
        self, identifier: ImageId, *, tags: Sequence[str], analyzer: str = "", failures: Sequence[Reason] = ()
    ) -> Assessment:
        """Assess one image.

        ``analyzer`` names the version whose layer reports a scan has just made; without it the version of the last
        scan is used, so that a rematch after an update of pratique still finds the reports there are.
        ``failures`` says why layers without a report were not read.
        """
        seq = self.findings.begin(identifier)
        image = load_image(self.objects, identifier.digest)
        if analyzer:
            self.objects.put(_pointer(identifier), analyzer.encode())
        else:
            analyzer = (self.objects.get(_pointer(identifier)) or b"").decode()
        reports = [self._report(layer, analyzer) for layer in image.layers]
        report, _ = assess(image, reports, self.database, more_reasons=failures)
        now = self.clock.now()
        try:
            if report.status is ScanStatus.FAILED:
                self.findings.fail(identifier, seq=seq, coverage=report.coverage, tags=tags, now=now)
                return Assessment(report.status, None)
            change = self.findings.write(identifier, image, report, seq=seq, tags=tags, now=now)
        except Superseded:
            return Assessment(None, None)
        return Assessment(report.status, change)

    def _report(self, layer: Layer, analyzer: str) -> LayerReport | None:
        body = self.objects.get(report_key(layer.diff_id, analyzer))
        if body is None:
            return None
        report = decode(body)
        # The same content may be compressed differently: the report is the content's, the digest this image's.
        return report if report.digest == layer.digest else dataclasses.replace(report, digest=layer.digest)


def _pointer(identifier: ImageId) -> str:
    return f"images/{identifier.digest}.analyzer"
