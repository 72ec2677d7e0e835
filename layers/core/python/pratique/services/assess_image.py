"""Fold an image's layer reports, match, and store what differs: the half that reads no layer.

It has two steps.  `analyze` says what the image holds, from its layers; `judge` says what that means, from the
advisories.  New advisories need only the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct, structs

from pratique.errors import Superseded
from pratique.inventory.base_image import with_known_base
from pratique.inventory.end_of_life import end_of_life
from pratique.inventory.report_codec import decode
from pratique.inventory.scanned_files import LeftOutCount
from pratique.malware.hash_lists import HashLists, with_hashes
from pratique.matching.malicious import match_malicious
from pratique.matching.matcher import match
from pratique.matching.suppress import NOTHING_SUPPRESSED, Subject, Suppressing
from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.model.coverage import Coverage, LeftOutFiles, Reason, ReasonCode, ScanStatus, status_of
from pratique.model.distribution import Distribution
from pratique.model.finding import ImageReport
from pratique.model.image import Image, ImageId, Layer, chain_ids
from pratique.model.inventory import AnalyzedImage, ImageInventory, LayerReport
from pratique.ports.advisories import AdvisoryDatabase, AdvisoryRevision
from pratique.ports.allow_list import AllowList
from pratique.ports.clock import Clock
from pratique.ports.findings import AssessmentChange, FindingStore
from pratique.ports.objects import ObjectStore
from pratique.ports.suppressions import Suppressions
from pratique.remediation.tools import tools_of
from pratique.services.image_inventories import ImageInventories
from pratique.services.package_samples import package_samples
from pratique.services.quiet_samples import quiet_samples
from pratique.services.report_key import report_key
from pratique.services.resolve_image import load_image


def analyze(
    image: Image, reports: Sequence[LayerReport | None], *, more_reasons: Sequence[Reason] = ()
) -> AnalyzedImage:
    """Return what an image holds, from its layers' reports (None: not read).

    ``more_reasons`` says what is known beyond the reports, such as why a layer was not read.
    """
    # Only this half folds, and brings every extractor along for it: what judges again, from what is stored, does not.
    from pratique.inventory.image import fold  # noqa: PLC0415

    inventory = fold(image.layers, reports)
    read = [report for report in reports if report is not None]
    told = {reason.layer for reason in more_reasons}
    folded = [
        reason
        for reason in inventory.reasons
        if not (reason.code is ReasonCode.LAYER_NOT_READ and reason.layer in told)
    ]
    unlooked = [
        Reason(ReasonCode.RULES_MISSING, "no malware rules were in use when the layer was read", layer=report.diff_id)
        for report in read
        if not report.rules_revision
    ]
    return AnalyzedImage(
        inventory=structs.replace(inventory, reasons=tuple(dict.fromkeys((*more_reasons, *folded, *unlooked)))),
        layers=len(image.layers),
        layers_read=len(read),
        files=sum(report.entries for report in read),
        files_scanned=sum(report.files_scanned for report in read),
        bytes_scanned=sum(report.bytes_scanned for report in read),
        rules_revision=next((report.rules_revision for report in read), ""),
        left_out=_added(left_out for report in read for left_out in report.left_out),
    )


def _added(parts: Iterable[LeftOutFiles]) -> tuple[LeftOutFiles, ...]:
    """Add up what the malware detectors left out in each layer."""
    count = LeftOutCount()
    count.add_all(parts)
    return count.all()


def judge(
    analyzed: AnalyzedImage,
    database: AdvisoryDatabase,
    *,
    now: datetime | None = None,
    allowed: Sequence[AllowListEntry] = (),
    suppressed: Suppressing = NOTHING_SUPPRESSED,
) -> ImageReport:
    """Return what the advisories say of an image; ``now`` tells their age.

    ``allowed`` are the active entries of the allow-list, which keep samples quiet, ``suppressed`` hides findings.
    """
    inventory = analyzed.inventory
    result = match(inventory, database)
    malicious = match_malicious(inventory, database)
    reasons = (*inventory.reasons, *result.reasons, *malicious.reasons, *_ended(inventory.distribution, database, now))
    coverage = Coverage(
        distribution=str(inventory.distribution or ""),
        layers=analyzed.layers,
        layers_read=analyzed.layers_read,
        files=analyzed.files,
        files_scanned=analyzed.files_scanned,
        bytes_scanned=analyzed.bytes_scanned,
        packages=len(inventory.packages),
        advisory_revision=database.revision.revision,
        rules_revision=analyzed.rules_revision,
        advisory_age_seconds=_age(database.revision, now),
        reasons=tuple(dict.fromkeys(reasons)),
        left_out=analyzed.left_out,
    )
    samples = quiet_samples((*package_samples(malicious), *inventory.samples), allowed)
    found = suppressed(result.vulnerabilities)
    return ImageReport(
        status=status_of(coverage),
        coverage=coverage,
        vulnerabilities=found,
        samples=samples,
        tools=tools_of(inventory),
        host_only=result.host_only,
        suppressions=suppressed.hiding(found),
    )


def assess(
    image: Image,
    reports: Sequence[LayerReport | None],
    database: AdvisoryDatabase,
    *,
    more_reasons: Sequence[Reason] = (),
    now: datetime | None = None,
    allowed: Sequence[AllowListEntry] = (),
    suppressed: Suppressing = NOTHING_SUPPRESSED,
) -> tuple[ImageReport, ImageInventory]:
    """Return the report and the inventory of an image: `analyze`, then `judge`."""
    analyzed = analyze(image, reports, more_reasons=more_reasons)
    return judge(analyzed, database, now=now, allowed=allowed, suppressed=suppressed), analyzed.inventory


def _ended(distribution: Distribution | None, database: AdvisoryDatabase, now: datetime | None) -> Iterator[Reason]:
    """Yield a reason where the distribution's release gets no more advisories."""
    ended = end_of_life(distribution, database.support_ends(distribution.id)) if distribution is not None else None
    if ended is not None and now is not None and now.date() > ended:
        detail = f"{distribution} got its last security updates on {ended}: flaws found since are not in its advisories"
        yield Reason(ReasonCode.DISTRIBUTION_END_OF_LIFE, detail)


def _age(revision: AdvisoryRevision, now: datetime | None) -> int | None:
    """Return the age in seconds of the oldest source that has data; None where there is no such time."""
    fetched = [datetime.fromisoformat(source.fetched) for source in revision.sources if source.fetched]
    return max(0, int((now - min(fetched)).total_seconds())) if now is not None and fetched else None


class Assessment(Struct, frozen=True):
    """How an assessment ended; ``status`` is None for one that a newer one superseded."""

    status: ScanStatus | None
    change: AssessmentChange | None


def _joined(first: AssessmentChange | None, then: AssessmentChange | None) -> AssessmentChange | None:
    """Return what two assessments changed, one after the other."""
    if first is None or then is None:
        return then or first
    added = dict.fromkeys((*first.added, *then.added))
    return AssessmentChange(
        added=tuple(name for name in added if name not in then.fixed),
        fixed=tuple(name for name in dict.fromkeys((*first.fixed, *then.fixed)) if name not in then.added),
        samples_added=tuple(dict.fromkeys((*first.samples_added, *then.samples_added))),
        writes=first.writes + then.writes,
    )


class AssessImage(Struct, frozen=True):
    """Assesses an image from stored layer reports; needs no registry.

    ``hash_lists`` returns the lists of known bad files that the reports' files are looked up in.
    """

    objects: ObjectStore
    findings: FindingStore
    database: AdvisoryDatabase
    clock: Clock
    allow_list: AllowList
    suppressions: Suppressions
    hash_lists: Callable[[], HashLists] = HashLists
    newer: Callable[[str], AdvisoryDatabase | None] = lambda _: None
    """Returns the current advisories where they are not of the revision named, else None."""

    def __call__(
        self, identifier: ImageId, *, tags: Sequence[str], analyzer: str, failures: Sequence[Reason] = ()
    ) -> Assessment:
        """Assess an image whose layers have just been read.

        ``analyzer`` names the version that made the layer reports; ``failures`` says why layers without one were
        not read.
        """
        seq = self.findings.begin(identifier)
        image = load_image(self.objects, identifier.digest)
        lists = self.hash_lists()
        reports = [self._report(layer, analyzer, lists) for layer in image.layers]
        analyzed = analyze(image, reports, more_reasons=failures)
        analyzed = structs.replace(analyzed, hashes_revision=lists.revision)
        if analyzed.layers_read or not analyzed.layers:
            ImageInventories(self.objects).put(identifier.digest, analyzed)
        return self._followed(identifier, analyzed, self._store(identifier, image, analyzed, seq=seq, tags=tags))

    def again(self, identifier: ImageId, analyzed: AnalyzedImage) -> Assessment:
        """Assess an image once more with the present advisories, from what its last scan found out."""
        seq = self.findings.begin(identifier)
        image = load_image(self.objects, identifier.digest)
        return self._followed(identifier, analyzed, self._store(identifier, image, analyzed, seq=seq, tags=()))

    def _followed(self, identifier: ImageId, analyzed: AnalyzedImage, assessment: Assessment) -> Assessment:
        """Judge once more where new advisories became current meanwhile.

        Their rematch may have passed this image before it was written, and would not come back.  What is asked after
        the writing closes that gap: a revision that becomes current later is followed by a rematch that sees it.
        """
        database = self.newer(self.database.revision.revision)
        if database is None or assessment.status is None:
            return assessment
        latest = structs.replace(self, database=database).again(identifier, analyzed)
        return structs.replace(latest, change=_joined(assessment.change, latest.change))

    def _store(
        self, identifier: ImageId, image: Image, analyzed: AnalyzedImage, *, seq: int, tags: Sequence[str]
    ) -> Assessment:
        now = self.clock.now()
        below = chain_ids([layer.diff_id for layer in image.layers])[:-1]
        image = with_known_base(image, self.findings.known_chains(below))
        # Read after ``seq`` was taken: who judges again for a newer list takes a newer number.
        allowed = [entry for entry in self.allow_list.entries() if entry.state(now) is EntryState.ACTIVE]
        active = [one for one in self.suppressions.all() if one.state(now) is EntryState.ACTIVE]
        suppressed = Suppressing(active, Subject(identifier.repository, identifier.digest))
        report = judge(analyzed, self.database, now=now, allowed=allowed, suppressed=suppressed)
        try:
            if report.status is ScanStatus.FAILED:
                self.findings.fail(identifier, seq=seq, coverage=report.coverage, tags=tags, now=now)
                return Assessment(report.status, None)
            change = self.findings.write(identifier, image, report, seq=seq, tags=tags, now=now)
        except Superseded:
            return Assessment(None, None)
        return Assessment(report.status, change)

    def _report(self, layer: Layer, analyzer: str, lists: HashLists) -> LayerReport | None:
        body = self.objects.get(report_key(layer.diff_id, analyzer))
        if body is None:
            return None
        report = with_hashes(decode(body), lists)
        # The same content may be compressed differently: the report is the content's, the digest this image's.
        return report if report.digest == layer.digest else structs.replace(report, digest=layer.digest)
