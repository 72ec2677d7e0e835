"""The few numbers that a scan comes down to, and whether it reached a threshold."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, structs

from pratique.model.finding import ImageReport
from pratique.model.sample import Level
from pratique.model.severity import Priority


class ScanSummary(Struct, frozen=True):
    """Vulnerabilities by priority (each once, however many packages it affects) and samples by level.

    ``host_only`` and ``suppressed`` vulnerabilities and ``allowed`` samples are in none of the other numbers.
    """

    vulnerabilities: int
    high: int
    medium: int
    low: int
    samples: int
    urgent: int
    warning: int
    notice: int
    packages: int
    host_only: int
    suppressed: int = 0
    allowed: int = 0


def summarize(report: ImageReport) -> ScanSummary:
    """Count what a report holds."""
    priorities = Counter(finding.priority for finding in report.open_vulnerabilities)
    levels = Counter(sample.level for sample in report.open_samples)
    return ScanSummary(
        vulnerabilities=len(report.open_vulnerabilities),
        high=priorities[Priority.HIGH],
        medium=priorities[Priority.MEDIUM],
        low=priorities[Priority.LOW],
        samples=len(report.open_samples),
        urgent=levels[Level.URGENT],
        warning=levels[Level.WARNING],
        notice=levels[Level.NOTICE],
        packages=report.coverage.packages,
        host_only=len(report.host_only),
        suppressed=len(report.vulnerabilities) - len(report.open_vulnerabilities),
        allowed=len(report.samples) - len(report.open_samples),
    )


def with_host_only(report: ImageReport) -> ImageReport:
    """Return the report with its host-only vulnerabilities among the others, to be shown and counted."""
    everything = (*report.vulnerabilities, *report.host_only)
    ordered = sorted(everything, key=lambda finding: (finding.priority.rank, finding.vulnerability.id))
    return structs.replace(report, vulnerabilities=tuple(ordered), host_only=())


def reaches(report: ImageReport, threshold: Priority | Level) -> bool:
    """Whether the report holds anything as bad as ``threshold`` or worse of its own kind."""
    if isinstance(threshold, Priority):
        return any(finding.priority.rank <= threshold.rank for finding in report.open_vulnerabilities)
    return any(sample.level.rank <= threshold.rank for sample in report.open_samples)
