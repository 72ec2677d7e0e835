"""Whether a stored image passes a policy: asked before it is let into a cluster, so what is unknown never passes."""

from __future__ import annotations

from msgspec import Struct, structs

from pratique.matching.check_policy import check_policy
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId
from pratique.model.policy import Policy, Verdict
from pratique.ports.clock import Clock
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import NotScanned
from pratique.services.report_image import ReportImage


class CheckedImage(Struct, frozen=True):
    """The verdict, and what it rests on; ``status`` is None and ``revision`` empty where no scan read anything yet."""

    verdict: Verdict
    status: ScanStatus | None = None
    revision: str = ""


class CheckImage(Struct, frozen=True):
    """Judges the last scan's inventory with the present advisories and decisions; reads no layer."""

    findings: FindingReader
    report: ReportImage
    clock: Clock

    def __call__(self, image: ImageId, policy: Policy) -> CheckedImage | None:
        """Return the verdict, None for an image that is not known.

        A policy that names no ``status`` lets only complete scans pass; an image that no scan has read never passes.
        """
        stored = self.findings.image(image)
        if stored is None:
            return None
        policy = policy if policy.status else structs.replace(policy, status=(ScanStatus.COMPLETE,))
        try:
            reported = self.report(image)
        except NotScanned:
            return CheckedImage(Verdict(("status: no scan has read anything of this image yet",)))
        if reported is None:
            return None
        _, report, inventory = reported
        reasons = check_policy(policy, report, inventory, now=self.clock.now()).reasons
        if stored.status is ScanStatus.FAILED and ScanStatus.FAILED not in policy.status:
            reasons = (*reasons, "status: the last scan failed; what is known is from an earlier one")
        return CheckedImage(Verdict(reasons), report.status, report.coverage.advisory_revision)
