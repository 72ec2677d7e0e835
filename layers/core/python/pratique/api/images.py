"""``/v1/images``: one image, whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from pratique.api.answers import (
    Answer,
    BaseAnswer,
    FileAnswer,
    ImageRowAnswer,
    LayerAnswer,
    PackageAnswer,
    PageAnswer,
    RuleAnswer,
    SampleKey,
    SamplePurl,
)
from pratique.api.parameters import ImagePathId, Name, PageQuery, RepositoryName, ScopedQuery, only
from pratique.api.routers import new_router
from pratique.model.base_image import LayerOrigin
from pratique.model.coverage import LeftOut, ReasonCode
from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.sample import Behaviour, Level
from pratique.model.severity import Priority, Severity
from pratique.ports.counts import ImageStatus, Risk
from pratique.ports.findings import FindingState, StoredFinding, StoredSample
from pratique.remediation.remedy import Surroundings, remedy_of
from pratique.services.query.image_findings import ImageFindingFilter, list_image_findings
from pratique.services.query.images import ImageFilter, get_image, list_images
from pratique.wiring import queries

router = new_router()
_REFERENCES_TOLD = 20


class ImageQuery(ScopedQuery):
    """Filters of the list."""

    repository_name: RepositoryName = ""
    risk: Risk | None = Field(None, description="Highest priority found; `unknown`: nothing found, not all seen")
    status: ImageStatus | None = Field(None, description="How the last scan ended")


class FindingQuery(PageQuery):
    """Filters of one image's findings."""

    kind: Literal["vulnerability", "sample", ""] = ""
    state: FindingState | None = None
    priority: Priority | None = None
    category: Category | None = None
    origin: LayerOrigin | None = Field(None, description="Whether all of it came with the base image")
    name: Name = ""

    @property
    def wanted(self) -> ImageFindingFilter:
        """The filter."""
        return ImageFindingFilter(
            kind=self.kind,
            state=self.state,
            priority=self.priority,
            category=self.category,
            origin=self.origin,
            name=self.name,
        )


class ReasonAnswer(Answer):
    """One thing that a scan did not see, and why."""

    code: ReasonCode
    detail: str
    path: str
    layer: str


class LeftOutAnswer(Answer):
    """How many files, members of archives among them, the malware detectors left out for one cause."""

    why: LeftOut = Field(
        description="`not_selected` is by design, `damaged` was scanned as far as it can be read, the others are gaps"
    )
    files: int
    bytes: int


class CoverageAnswer(Answer):
    """What the last scan saw."""

    distribution: str = Field(description="Empty where it is not known")
    layers: int
    layers_read: int
    files: int
    files_scanned: int
    bytes_scanned: int
    packages: int
    advisory_revision: str
    rules_revision: str
    advisory_age_seconds: int | None
    left_out: tuple[LeftOutAnswer, ...]
    reasons: tuple[ReasonAnswer, ...]


class ImageAnswer(ImageRowAnswer):
    """One image with what its last scan covered."""

    coverage: CoverageAnswer | None = Field(description="Null until a first scan has ended")
    layers: tuple[LayerAnswer, ...] = Field(description="Lowest first")
    base: BaseAnswer


class VulnerabilityFindingAnswer(Answer):
    """One vulnerability in an image."""

    kind: Literal["vulnerability"] = "vulnerability"
    id: str
    category: Category
    priority: Priority
    severity: Severity
    packages: tuple[PackageAnswer, ...]
    origin: LayerOrigin = Field(description="`base` where every affected package came with the base image")
    suppressed_by: tuple[str, ...] = Field(description="`id`s of the suppressions that hide any of its packages")
    dockerfile: str = Field("", description="Which instruction of the Dockerfile to change")
    caution: str = Field("", description="What can break where it is mended")
    prevention: str = Field("", description="How the flaw is kept from coming back")
    references: tuple[str, ...] = Field((), description="The first 20")
    state: FindingState
    first_seen: datetime
    last_seen: datetime


class SampleFindingAnswer(Answer):
    """One malicious sample in an image."""

    kind: Literal["sample"] = "sample"
    sha256: SampleKey
    purl: SamplePurl
    name: str
    level: Level
    size: int = Field(description="Bytes; 0 for a package")
    behaviours: tuple[Behaviour, ...] = Field(description="What it does, by all its rules")
    rules: tuple[RuleAnswer, ...]
    files: tuple[FileAnswer, ...]
    present: bool = Field(description="Whether it still stands anywhere in the final image")
    state: FindingState
    first_seen: datetime
    last_seen: datetime


FindingAnswer = VulnerabilityFindingAnswer | SampleFindingAnswer


def _answer_of(finding: StoredFinding | StoredSample, around: Surroundings, references: Sequence[str]) -> FindingAnswer:
    if isinstance(finding, StoredSample):
        return SampleFindingAnswer.model_validate(finding)
    packages = [package for package in finding.packages if not package.suppressed_by] or finding.packages
    remedy = remedy_of(packages, around, vulnerability=finding.id, references=references)
    told: dict[str, object] = {
        "dockerfile": remedy.dockerfile,
        "caution": remedy.caution,
        "prevention": remedy.prevention,
    }
    told |= {"references": remedy.references[:_REFERENCES_TOLD]}
    return VulnerabilityFindingAnswer.model_validate(finding).model_copy(update=told)


@router.get("/v1/images", summary="List images", tags=["Images"], middlewares=only(ImageQuery))
def list_all(query: Annotated[ImageQuery, Query()]) -> PageAnswer[ImageRowAnswer]:
    """Answer the images that were pushed and have not left their registry."""
    wanted = ImageFilter(scope=query.scope, repository_name=query.repository_name, risk=query.risk, status=query.status)
    page = list_images(queries.reading(), wanted, query.page)
    rows = tuple(ImageRowAnswer.of(image) for image in page.items)
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)


@router.get("/v1/images/<id>", summary="Show one image", tags=["Images"], middlewares=only())
def show(id: ImagePathId) -> ImageAnswer:  # noqa: A002 - the name of the path's part
    """Answer one image with its layers, its numbers and what its last scan did and did not see."""
    image = get_image(queries.reading(), ImageId.parse(unquote(id)))
    if image is None:
        raise NotFoundError
    return ImageAnswer.of(image)


@router.get(
    "/v1/images/<id>/findings", summary="List an image's findings", tags=["Images"], middlewares=only(FindingQuery)
)
def list_findings(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[FindingQuery, Query()],
) -> PageAnswer[FindingAnswer]:
    """Answer vulnerabilities and malicious samples of one image, open and fixed."""
    reading, image = queries.reading(), ImageId.parse(unquote(id))
    stored = reading.findings.image(image)
    page = list_image_findings(reading, image, query.wanted, query.page)
    if page is None or stored is None:
        raise NotFoundError
    around = Surroundings(stored.base, stored.tools)
    facts = reading.library.vulnerabilities(one.id for one in page.items if isinstance(one, StoredFinding))
    linked = {key: fact.references for key, fact in facts.items()}
    rows = tuple(
        _answer_of(one, around, linked.get(one.id, ()) if isinstance(one, StoredFinding) else ()) for one in page.items
    )
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)
