"""The few numbers that a scan comes down to, and whether it reached a threshold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pratique.model.finding import ImageReport
from pratique.model.sample import Level
from pratique.model.severity import Priority


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """Vulnerabilities by priority (each once, however many packages it affects) and samples by level."""

    vulnerabilities: int
    high: int
    medium: int
    low: int
    samples: int
    urgent: int
    warning: int
    notice: int
    packages: int


def summarize(report: ImageReport) -> ScanSummary:
    """Count what a report holds."""
    priorities = Counter(finding.priority for finding in report.vulnerabilities)
    levels = Counter(sample.level for sample in report.samples)
    return ScanSummary(
        vulnerabilities=len(report.vulnerabilities),
        high=priorities[Priority.HIGH],
        medium=priorities[Priority.MEDIUM],
        low=priorities[Priority.LOW],
        samples=len(report.samples),
        urgent=levels[Level.URGENT],
        warning=levels[Level.WARNING],
        notice=levels[Level.NOTICE],
        packages=report.coverage.packages,
    )


def reaches(report: ImageReport, threshold: Priority | Level) -> bool:
    """Whether the report holds anything as bad as ``threshold`` or worse of its own kind."""
    if isinstance(threshold, Priority):
        return any(finding.priority.rank <= threshold.rank for finding in report.vulnerabilities)
    return any(sample.level.rank <= threshold.rank for sample in report.samples)
