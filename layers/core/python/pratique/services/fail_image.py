"""Record that an image could not be scanned at all, and why."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pratique.errors import Superseded
from pratique.model.coverage import Coverage, Reason, ReasonCode
from pratique.model.image import ImageId
from pratique.ports.clock import Clock
from pratique.ports.findings import FindingStore


class FailImage(Struct, frozen=True):
    """Writes a failed scan; the last report that was whole stays readable."""

    findings: FindingStore
    clock: Clock

    def __call__(self, image: ImageId, *, reason: str, tags: Sequence[str]) -> None:
        """Record the failure; a newer assessment of the image takes precedence and this then does nothing."""
        coverage = Coverage(
            distribution="",
            layers=0,
            layers_read=0,
            files=0,
            files_scanned=0,
            bytes_scanned=0,
            packages=0,
            advisory_revision="",
            rules_revision="",
            reasons=(Reason(ReasonCode.IMAGE_UNREADABLE, reason),),
        )
        seq = self.findings.begin(image)
        try:
            self.findings.fail(image, seq=seq, coverage=coverage, tags=tags, now=self.clock.now())
        except Superseded:
            return
