"""The store of images and their findings.  What is counted and listed from it is in `counts` and `queries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from pratique.model.advisory import Exploitation
from pratique.model.base_image import NO_BASE, BaseImage, KnownImage, LayerOrigin
from pratique.model.coverage import Coverage, ScanStatus
from pratique.model.finding import Category, ImageReport
from pratique.model.image import Image, ImageId
from pratique.model.image_tools import ImageTools
from pratique.model.sample import Behaviour, Level, RuleMatch, behaviours_in
from pratique.model.severity import Priority, Rating, Severity


class FindingState(StrEnum):
    """Life of one finding in one image.  Only open ones count; ignored ones are there, and kept quiet on purpose."""

    OPEN = "open"
    FIXED = "fixed"
    IGNORED = "ignored"


class PlacedLayer(Struct, frozen=True, gc=False):
    """The image layer that a fact stands in: its diff ID, place in the image (from 0), instruction and whose it is."""

    diff_id: str
    index: int
    created_by: str
    origin: LayerOrigin = LayerOrigin.APPLICATION


class StoredPackage(Struct, frozen=True, gc=False):
    """One affected package of one image as a finding keeps it.

    ``note`` is what the advisory's publisher says of the package's state, ``suppressed_by`` the id of the suppression
    that hides it; both may be empty.
    """

    ecosystem: str
    type: str
    name: str
    version: str
    purl: str
    source_name: str
    fixed_version: str
    fix_state: str
    path: str
    layer: PlacedLayer
    range: str
    advisory: str
    source: str
    source_version: str = ""
    note: str = ""
    suppressed_by: str = ""

    @property
    def origin(self) -> LayerOrigin:
        """Whether the package came with the base image or with the application's own layers."""
        return self.layer.origin


class StoredFinding(Struct, frozen=True, gc=False):
    """One vulnerability in one image."""

    image: ImageId
    id: str
    category: Category
    priority: Priority
    severity: Severity
    packages: tuple[StoredPackage, ...]
    state: FindingState
    first_seen: datetime
    last_seen: datetime

    @property
    def suppressed_by(self) -> tuple[str, ...]:
        """The ids of the suppressions that hide any of its packages."""
        return tuple(dict.fromkeys(package.suppressed_by for package in self.packages if package.suppressed_by))

    @property
    def origin(self) -> LayerOrigin:
        """``base`` where a newer base image is what mends it: where every affected package came with the base."""
        return joined_origin(package.origin for package in self.packages)


class StoredFile(Struct, frozen=True):
    """One place of a malicious sample in one image; ``removed``: hidden or deleted by a higher layer.

    ``allowed_by`` is the id of the allow-list's entry that keeps the place quiet, empty where none does.
    """

    path: str
    layer: PlacedLayer
    removed: bool
    allowed_by: str = ""


class StoredSample(Struct, frozen=True):
    """One malicious sample in one image; ``purl`` is the package URL where it is a package, else empty."""

    image: ImageId
    sha256: str
    name: str
    level: Level
    size: int
    rules: tuple[RuleMatch, ...]
    files: tuple[StoredFile, ...]
    state: FindingState
    first_seen: datetime
    last_seen: datetime
    purl: str = ""

    @property
    def present(self) -> bool:
        """Whether it still stands anywhere in the final image: not every place is hidden or deleted."""
        return not all(file.removed for file in self.files)

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """What it does, by all its rules."""
        return behaviours_in(self.rules)


class PriorityCounts(Struct, frozen=True):
    """Vulnerabilities or images by priority."""

    high: int = 0
    medium: int = 0
    low: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.high + self.medium + self.low


class LevelCounts(Struct, frozen=True):
    """Malicious samples or images by level."""

    urgent: int = 0
    warning: int = 0
    notice: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.urgent + self.warning + self.notice


class StoredImage(Struct, frozen=True):
    """One image as it was last assessed.

    ``status`` is None until a first scan ended; ``seq`` is the number of the assessment that wrote the
    report; ``layers`` as placed in the image, lowest first; ``base`` is what it is built on and ``tools``
    what it can be changed with (None: not known).  Lists of images leave these three out.  ``exploited`` is
    the number of open vulnerabilities that are known to be exploited.
    """

    id: ImageId
    tags: tuple[str, ...]
    platform: str
    status: ScanStatus | None
    coverage: Coverage | None
    vulnerabilities: PriorityCounts
    samples: LevelCounts
    layers: tuple[PlacedLayer, ...]
    first_scan: datetime | None
    last_scan: datetime | None
    seq: int
    base: BaseImage = NO_BASE
    tools: ImageTools | None = None
    exploited: int = 0


class SeenScore(Struct, frozen=True):
    """An EPSS probability, 0 to 1, and the day (ISO date, UTC) on which an assessment first met it."""

    day: str
    epss: float


class VulnerabilityFacts(Struct, frozen=True, gc=False):
    """What the vulnerability library keeps of one flaw, whatever image it was found in.

    ``epss_seen`` holds the last EPSS scores, oldest first, one for each day on which it changed.
    """

    id: str
    aliases: tuple[str, ...]
    category: Category
    title: str
    description: str
    severity: Severity
    severity_source: str
    ratings: tuple[Rating, ...]
    exploitation: Exploitation
    fix_available: bool
    references: tuple[str, ...]
    weaknesses: tuple[str, ...]
    published: str
    modified: str
    epss_seen: tuple[SeenScore, ...] = ()


def joined_origin(origins: Iterable[LayerOrigin]) -> LayerOrigin:
    """Return ``base`` where all of them are, else ``application``."""
    return LayerOrigin.APPLICATION if set(origins) != {LayerOrigin.BASE} else LayerOrigin.BASE


class AssessmentChange(Struct, frozen=True):
    """What one assessment changed: ids of findings and hashes of samples that appeared or went."""

    added: tuple[str, ...]
    fixed: tuple[str, ...]
    samples_added: tuple[str, ...]
    writes: int


class FindingStore(Protocol):
    """Images with their findings.  Every write of an assessment is fenced by its ``seq``."""

    def begin(self, image: ImageId) -> int:
        """Start an assessment: return the image's next ``seq``; every smaller one is superseded from now on."""
        ...

    def write(
        self, image: ImageId, resolved: Image, report: ImageReport, *, seq: int, tags: Sequence[str], now: datetime
    ) -> AssessmentChange:
        """Make ``report`` the image's report, writing only what differs from the last one.

        Findings that are gone become ``fixed``, those that return ``open`` again with their first time
        kept.  The old report stays readable until the new one is whole.  ``tags`` are added to those
        known.  Raises Superseded when a newer ``seq`` exists.
        """
        ...

    def fail(self, image: ImageId, *, seq: int, coverage: Coverage, tags: Sequence[str], now: datetime) -> None:
        """Record that a scan failed and why; the last report that was whole stays readable.

        Raises Superseded when a newer ``seq`` exists.
        """
        ...

    def retire(self, image: ImageId, now: datetime) -> None:
        """Take an image that left its registry out of every list and count; a no-op for an unknown one."""
        ...

    def image(self, image: ImageId) -> StoredImage | None:
        """Return one image, or None for one that was never seen or is retired."""
        ...

    def findings(self, image: ImageId) -> tuple[tuple[StoredFinding, ...], tuple[StoredSample, ...]]:
        """Return everything found in one image, open and fixed."""
        ...

    def known_chains(self, chains: Iterable[str]) -> Mapping[str, KnownImage]:
        """Return the images whose layers, all of them, make one of these chain IDs; of several the first one seen."""
        ...
