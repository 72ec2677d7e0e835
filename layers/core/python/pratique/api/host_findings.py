"""``/v1/images/{id}/host-findings``: what no count holds, because it does not concern a container."""

from __future__ import annotations

from typing import Self
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from pydantic import Field

from pratique.api.answers import Answer
from pratique.api.images import ImagePathId
from pratique.api.parameters import only
from pratique.api.routers import new_router
from pratique.model.finding import PackageFinding, VulnerabilityFinding
from pratique.model.image import ImageId
from pratique.model.severity import Priority, Severity
from pratique.wiring import assessment

router = new_router()


class HostPackageAnswer(Answer):
    """One package that only matters to a host."""

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


class HostFindingAnswer(Answer):
    """One vulnerability of a kernel, firmware or a boot loader."""

    id: str
    aliases: tuple[str, ...]
    title: str
    priority: Priority = Field(description="For a host that boots the package")
    severity: Severity
    packages: tuple[HostPackageAnswer, ...]

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
            packages=tuple(HostPackageAnswer.of(package) for package in finding.packages),
        )


class HostFindingsAnswer(Answer):
    """All of them for one image."""

    items: tuple[HostFindingAnswer, ...]


@router.get(
    "/v1/images/<id>/host-findings", summary="List what only concerns a host", tags=["Images"], middlewares=only()
)
def list_host_findings(id: ImagePathId) -> HostFindingsAnswer:  # noqa: A002 - the name of the path's part
    """Answer the vulnerabilities of an image's kernel headers, firmware and boot loaders.

    A container runs on its host's kernel, so they are in no count and no other list.
    """
    found = assessment.host_findings()(ImageId.parse(unquote(id)))
    if found is None:
        raise NotFoundError
    return HostFindingsAnswer(items=tuple(HostFindingAnswer.of(finding) for finding in found))
