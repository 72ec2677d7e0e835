"""What lists and pages are read from, beside the counts: images, where a flaw stands, the library of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.processing import Decision, ProcessingStatus
from pratique.model.sample import Level, RuleMatch
from pratique.model.severity import Severity
from pratique.ports.findings import (
    StoredFinding,
    StoredImage,
    StoredSample,
    VulnerabilityFacts,
)
from pratique.ports.scans import ScannedImage, ScanRecord


class ImagePage(Struct, frozen=True):
    """Images in the order of repository and digest; ``after`` goes on behind the last one, None at the end."""

    images: tuple[ImageId, ...]
    after: str | None


class AffectedPage(Struct, frozen=True):
    """Open findings of one vulnerability or sample with their images; ``after`` as in `ImagePage`.

    ``read`` is the number of entries that were looked at, which may be more than were current.
    """

    rows: tuple[tuple[StoredImage, StoredFinding | StoredSample], ...]
    after: str | None
    read: int


class FindingReader(Protocol):
    """Read access to images and their findings.  Lists may lag behind the store by a second."""

    def image(self, image: ImageId) -> StoredImage | None:
        """Return one image, or None for one that was never seen or is retired."""
        ...

    def images(self, images: Sequence[ImageId]) -> tuple[StoredImage, ...]:
        """Return those of up to 100 images that are known, in the order asked for."""
        ...

    def findings(self, image: ImageId) -> tuple[tuple[StoredFinding, ...], tuple[StoredSample, ...]]:
        """Return everything found in one image, open and fixed."""
        ...

    def instances(self) -> tuple[str, ...]:
        """Return the instance IDs that images were ever seen in, in order."""
        ...

    def image_page(self, instance: str, *, prefix: str, after: str, limit: int) -> ImagePage:
        """Return up to ``limit`` images of one instance whose ``<repository>@<digest>`` begins with ``prefix``.

        Begins behind the position ``after``, which an earlier page gave; empty is the beginning.
        """
        ...

    def holders(self, digest: str) -> tuple[ImageId, ...]:
        """Return the images, in whichever repositories, whose manifest has this digest."""
        ...

    def affected(self, key: str, *, rank: int, prefix: str, after: str, limit: int) -> AffectedPage:
        """Return where a vulnerability id (``V#…``) or a sample (``M#…``) stands with this priority or level rank.

        ``prefix`` is the beginning of ``<instance>/<repository>@<digest>``; ``limit`` bounds the entries read.
        """
        ...


class VulnerabilityName(Struct, frozen=True, gc=False):
    """What filters ask of a vulnerability, small enough to hold every known one in memory."""

    id: str
    aliases: tuple[str, ...]
    title: str
    category: Category
    severity: Severity
    epss: float | None
    known_exploited: bool
    fix_available: bool
    packages: tuple[str, ...]


class SampleFacts(Struct, frozen=True):
    """What is known of one malicious sample, whatever image it was found in, and what was decided last.

    ``purl`` is the package URL where it is a package, else empty; ``fired`` the keys of all rules that ever named it.
    """

    sha256: str
    name: str
    level: Level
    size: int
    rules: tuple[RuleMatch, ...]
    decision: Decision = field(default_factory=Decision)
    purl: str = ""
    fired: tuple[str, ...] = ()


class LibraryListings(Protocol):
    """What makes the library quick to read."""

    def publish(self) -> None:
        """Let `Library` answer every name and sample as it is now."""
        ...


class Library(Protocol):
    """Facts of vulnerabilities and samples, and the names of them all."""

    def vulnerabilities(self, ids: Iterable[str]) -> Mapping[str, VulnerabilityFacts]:
        """Return the facts by id; ids that were never found anywhere are left out."""
        ...

    def names(self) -> Mapping[str, VulnerabilityName]:
        """Return every vulnerability ever found, by id.  May be a minute old."""
        ...

    def samples(self) -> Mapping[str, SampleFacts]:
        """Return every sample ever found, by hash.  May lag behind what was found by a moment."""
        ...

    def sample(self, sha256: str) -> SampleFacts | None:
        """Return one sample as it is now, None for one that was never found."""
        ...

    def decide(
        self,
        sha256: str,
        status: ProcessingStatus,
        *,
        by: str,
        note: str,
        now: datetime,
        expected_version: int | None = None,
    ) -> SampleFacts | None:
        """Record what somebody decided, in the history too; returns None for a sample that was never found.

        Raises Conflict, having changed nothing, where the last decision is not ``expected_version`` (None: any).
        """
        ...

    def decisions(self, sha256: str, *, limit: int) -> tuple[Decision, ...]:
        """Return the last decisions about a sample, newest first; none for one that nobody decided about."""
        ...


class ScanPage(Struct, frozen=True):
    """Scans, newest first; ``after`` as in `ImagePage`."""

    scans: tuple[ScanRecord, ...]
    after: str | None


class ScanReader(Protocol):
    """Read access to the records of scans."""

    def get(self, scan_id: str) -> ScanRecord | None:
        """Return one record, or None."""
        ...

    def page(self, *, after: str, limit: int, now: datetime) -> ScanPage:
        """Return up to ``limit`` records, newest first, behind position ``after`` (empty: the newest)."""
        ...

    def images(self, scan_id: str, *, after: str, limit: int) -> tuple[ScannedImage, ...]:
        """Return up to ``limit`` images of a scan that began, by their IDs behind ``after``."""
        ...
