"""Matches and findings: the answer to "is this package affected?", with its evidence."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from pratique.model.advisory import Exploitation, FixState
from pratique.model.coverage import Coverage, ScanStatus
from pratique.model.image_tools import ImageTools
from pratique.model.package import InstalledPackage
from pratique.model.sample import ImageSample
from pratique.model.severity import Priority, Rating, Severity
from pratique.model.suppression import Suppression


class Category(StrEnum):
    """Where a vulnerability was found."""

    SYSTEM = "system"
    APPLICATION = "application"


class Evidence(Struct, frozen=True, gc=False):
    """Why a package matches: which advisory of which source, by which name, range and comparison.

    ``matched_name`` is the name that was looked up (the source package's, where ``by_source``), ``scheme`` the
    version order used, ``compared`` the version that was compared, ``revision`` the advisory database's, ``note`` what
    the publisher says of the package's state (may be empty), ``published`` when the advisory was (RFC 3339, or empty).
    """

    advisory: str
    source: str
    ecosystem: str
    matched_name: str
    by_source: bool
    scheme: str
    compared: str
    range: str
    revision: str
    note: str = ""
    published: str = ""


class Affected(Struct, frozen=True, gc=False):
    """The statement covers the version."""

    evidence: Evidence
    fixed_version: str
    fix_state: FixState


class NotAffected(Struct, frozen=True, gc=False):
    """The statement does not cover the version, and ``because`` says by which comparison."""

    because: str


class Undetermined(Struct, frozen=True, gc=False):
    """It could not be decided."""

    reason: str


Outcome = Affected | NotAffected | Undetermined


class PackageFinding(Struct, frozen=True, gc=False):
    """One package of an image that a vulnerability affects; ``fixed_version`` is empty unless fixed.

    ``suppressed_by`` is the id of the suppression that hides it, empty where none does.
    """

    installed: InstalledPackage
    fixed_version: str
    fix_state: FixState
    evidence: tuple[Evidence, ...]
    suppressed_by: str = ""


class Vulnerability(Struct, frozen=True, gc=False):
    """One flaw with all its ids joined: the CVE first where there is one, else the best known id."""

    id: str
    aliases: tuple[str, ...]
    title: str
    description: str
    severity: Severity
    severity_source: str
    ratings: tuple[Rating, ...]
    exploitation: Exploitation
    references: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""


class VulnerabilityFinding(Struct, frozen=True, gc=False):
    """One vulnerability in one image, with every package that it affects there.

    ``host_only`` marks one in packages that only matter to a host that boots them (`pratique.matching.host_only`).
    """

    vulnerability: Vulnerability
    category: Category
    priority: Priority
    packages: tuple[PackageFinding, ...]
    host_only: bool = False

    @property
    def is_quiet(self) -> bool:
        """Whether suppressions hide every package of it."""
        return all(item.suppressed_by for item in self.packages)


class ImageReport(Struct, frozen=True):
    """The whole result of one scan of one image; ``tools`` is what the image can be changed with, None: not known.

    ``host_only`` are vulnerabilities that do not concern a container, and are not counted.  ``suppressions`` are those
    that hide any package of a finding.
    """

    status: ScanStatus
    coverage: Coverage
    vulnerabilities: tuple[VulnerabilityFinding, ...]
    samples: tuple[ImageSample, ...]
    tools: ImageTools | None = None
    host_only: tuple[VulnerabilityFinding, ...] = ()
    suppressions: tuple[Suppression, ...] = ()

    @property
    def open_vulnerabilities(self) -> tuple[VulnerabilityFinding, ...]:
        """Those that count: suppressions do not hide them."""
        return tuple(finding for finding in self.vulnerabilities if not finding.is_quiet)

    @property
    def open_samples(self) -> tuple[ImageSample, ...]:
        """Those that count: the allow-list does not keep them quiet."""
        return tuple(sample for sample in self.samples if not sample.is_quiet)
