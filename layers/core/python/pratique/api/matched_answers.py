"""Answers for vulnerabilities that are matched when asked for and stored nowhere."""

from __future__ import annotations

from typing import Self

from pratique.api.answers import Answer
from pratique.model.finding import PackageFinding, VulnerabilityFinding
from pratique.model.severity import Priority, Severity


class MatchedPackageAnswer(Answer):
    """One affected package."""

    ecosystem: str
    name: str
    version: str
    fixed_version: str
    fix_state: str
    path: str
    advisories: tuple[str, ...]

    @classmethod
    def of(cls, found: PackageFinding) -> Self:
        """Return the answer for one affected package."""
        installed = found.installed
        return cls(
            ecosystem=installed.ecosystem,
            name=installed.package.name,
            version=installed.package.version,
            fixed_version=found.fixed_version,
            fix_state=found.fix_state.value,
            path=installed.locations[0].path,
            advisories=tuple(evidence.advisory for evidence in found.evidence),
        )


class MatchedFindingAnswer(Answer):
    """One vulnerability that was matched when asked for."""

    id: str
    aliases: tuple[str, ...]
    title: str
    priority: Priority
    severity: Severity
    packages: tuple[MatchedPackageAnswer, ...]

    @classmethod
    def of(cls, finding: VulnerabilityFinding) -> Self:
        """Return the answer for one vulnerability."""
        flaw = finding.vulnerability
        return cls(
            id=flaw.id,
            aliases=flaw.aliases,
            title=flaw.title,
            priority=finding.priority,
            severity=flaw.severity,
            packages=tuple(MatchedPackageAnswer.of(package) for package in finding.packages),
        )
