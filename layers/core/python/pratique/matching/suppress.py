"""What suppressions hide: a pure rule over one image's findings.

A package of a finding is hidden where an active suppression covers it and none of its endings has come; a finding where
every package is.  What is hidden stays in the report, with the suppression's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct, structs

from pratique.matching.package_url import names_package
from pratique.model.finding import PackageFinding, VulnerabilityFinding
from pratique.model.path_glob import path_fits
from pratique.model.suppression import Covers, Endings, Suppression


class Subject(Struct, frozen=True):
    """The image that findings are of: its repository (or the reference it was named by) and manifest digest."""

    repository: str
    digest: str


class Suppressing(Struct, frozen=True):
    """Active suppressions, and the image whose findings they are asked about."""

    suppressions: Sequence[Suppression]
    subject: Subject

    def __call__(self, findings: Iterable[VulnerabilityFinding]) -> tuple[VulnerabilityFinding, ...]:
        """Return the findings with the ids of the suppressions that hide their packages."""
        here = [one for one in self.suppressions if _is_about(one.covers, self.subject)]
        return tuple(_suppressed(finding, here) if here else finding for finding in findings)

    def hiding(self, findings: Iterable[VulnerabilityFinding]) -> tuple[Suppression, ...]:
        """Return the suppressions that hide any package of these findings."""
        used = {item.suppressed_by for finding in findings for item in finding.packages}
        return tuple(one for one in self.suppressions if one.id in used)


NOTHING_SUPPRESSED = Suppressing((), Subject("", ""))


def _suppressed(finding: VulnerabilityFinding, suppressions: Sequence[Suppression]) -> VulnerabilityFinding:
    ids = {finding.vulnerability.id, *finding.vulnerability.aliases}
    fitting = [one for one in suppressions if not one.covers.vulnerability or one.covers.vulnerability in ids]
    if not fitting:
        return finding
    packages = []
    for item in finding.packages:
        by = next((one.id for one in fitting if _covers(one.covers, item) and not _ended(one.ends, finding, item)), "")
        packages.append(structs.replace(item, suppressed_by=by))
    return structs.replace(finding, packages=tuple(packages))


def _is_about(covers: Covers, subject: Subject) -> bool:
    if covers.digest and covers.digest != subject.digest:
        return False
    return not covers.repository or fnmatchcase(subject.repository, covers.repository)


def _covers(covers: Covers, item: PackageFinding) -> bool:
    installed = item.installed
    if covers.package and not _is_package(covers.package, item):
        return False
    if covers.version and covers.version != installed.package.version:
        return False
    if covers.layer and covers.layer != installed.locations[0].layer:
        return False
    # A copy elsewhere is not what was decided about.
    return not covers.path or all(path_fits(covers.path, place.path) for place in installed.locations)


def _is_package(wanted: str, item: PackageFinding) -> bool:
    if wanted.startswith("pkg:"):
        return names_package(wanted, item.installed)
    return wanted in (item.installed.package.name, item.installed.package.source_name)


def _ended(ends: Endings, finding: VulnerabilityFinding, item: PackageFinding) -> bool:
    known = finding.vulnerability.exploitation
    if ends.fixed and item.fixed_version:
        return True
    if ends.exploited and known.known_exploited:
        return True
    return ends.epss is not None and known.epss is not None and known.epss >= ends.epss
