"""``/v1/vulnerabilities``: what affects images, by vulnerability."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from pratique.advisories.cvss_words import specification_of, words_of
from pratique.advisories.weaknesses import weakness_of
from pratique.api.answers import Answer, ImageRowAnswer, PackageAnswer, PageAnswer, PriorityCountsAnswer
from pratique.api.parameters import Name, RepositoryName, ScopedQuery, only
from pratique.api.routers import new_router
from pratique.model.base_image import LayerOrigin
from pratique.model.finding import Category
from pratique.model.severity import Priority, Rating, Severity
from pratique.ports.findings import FindingState
from pratique.remediation.cause import cause_of
from pratique.remediation.remedy import Surroundings, remedy_of
from pratique.services.query.vulnerabilities import VulnerabilityFilter, VulnerabilitySort, list_vulnerabilities
from pratique.services.query.vulnerability import VulnerabilityPage, get_vulnerability
from pratique.services.query.vulnerability_images import AffectedImage, list_vulnerability_images
from pratique.wiring import queries

router = new_router()

VulnerabilityId = Annotated[str, Path(max_length=100, description="CVE id, or the best known id where there is none")]


class VulnerabilityQuery(ScopedQuery):
    """Filters of the list."""

    category: Category | None = Field(None, description="Found in system packages or in application packages")
    priority: Priority | None = None
    name: Name = ""
    repository_name: RepositoryName = ""
    package: str = Field("", max_length=200, description="Exact name of an affected package")
    epss_at_least: float | None = Field(None, ge=0, le=1, description="Least EPSS probability")
    known_exploited: bool | None = Field(None, description="Whether CISA lists it as exploited")
    fix_available: bool | None = Field(None, description="Whether a fixed version exists")
    origin: LayerOrigin | None = Field(
        None, description="`base`: where every affected package came with the base image; `application`: elsewhere"
    )
    sort: VulnerabilitySort = VulnerabilitySort.PRIORITY

    @property
    def wanted(self) -> VulnerabilityFilter:
        """The filter."""
        return VulnerabilityFilter(
            scope=self.scope,
            category=self.category,
            priority=self.priority,
            name=self.name,
            repository_name=self.repository_name,
            package=self.package,
            epss_at_least=self.epss_at_least,
            known_exploited=self.known_exploited,
            fix_available=self.fix_available,
            origin=self.origin,
            sort=self.sort,
        )


class VulnerabilityRowAnswer(Answer):
    """One vulnerability in the list."""

    id: str
    aliases: tuple[str, ...]
    title: str
    category: Category
    priority: Priority = Field(description="Highest priority among the affected images")
    severity: Severity
    severity_source: str = Field(description="Who rated it so")
    cvss: float | None = Field(description="CVSS base score, 0.0 to 10.0")
    epss: float | None = Field(description="Probability of exploitation within 30 days, 0 to 1")
    known_exploited: bool
    images: PriorityCountsAnswer = Field(description="Affected images by priority")
    images_total: int
    first_scan: datetime | None
    last_scan: datetime | None
    fix_available: bool


class MetricAnswer(Answer):
    """One metric of a CVSS vector in words."""

    written: str = Field(description="As the vector has it, such as `AV:N`")
    name: str
    meaning: str


class RatingAnswer(Answer):
    """One source's rating."""

    source: str
    severity: Severity
    vector: str
    score: float | None
    metrics: tuple[MetricAnswer, ...] = Field(description="The vector in words; none where there is no vector")
    specification: str = Field(description="Address of what specifies the vector, empty where there is none")

    @classmethod
    def of(cls, rating: Rating) -> RatingAnswer:
        """Return the answer for a rating."""
        return cls(
            source=rating.source,
            severity=rating.severity,
            vector=rating.vector,
            score=rating.score,
            metrics=tuple(MetricAnswer.model_validate(one) for one in words_of(rating.vector)),
            specification=specification_of(rating.vector),
        )


class SeenScoreAnswer(Answer):
    """An EPSS score of former days."""

    day: str = Field(description="Date on which an assessment first met it, UTC")
    epss: float = Field(description="Probability of exploitation within 30 days, 0 to 1")


class WeaknessAnswer(Answer):
    """One CWE entry."""

    id: str
    name: str = Field(description="Its name; the id for one that is rare")
    link: str


class ExploitationAnswer(Answer):
    """What is known of its use."""

    known_exploited: bool
    kev_added: str = Field(description="Date on which CISA listed it, empty where it has not")
    kev_due: str
    epss: float | None
    epss_percentile: float | None


class VulnerabilityAnswer(Answer):
    """The library's page of one vulnerability."""

    id: str
    aliases: tuple[str, ...]
    category: Category
    title: str
    description: str
    severity: Severity
    severity_source: str
    ratings: tuple[RatingAnswer, ...]
    exploitation: ExploitationAnswer
    epss_seen: tuple[SeenScoreAnswer, ...] = Field(
        description="The last 30 changes of the EPSS score, oldest first, at most one a day"
    )
    fix_available: bool
    solution: str
    references: tuple[str, ...]
    weaknesses: tuple[str, ...] = Field(description="CWE ids")
    weakness_names: tuple[WeaknessAnswer, ...] = Field(description="The same ids, named and linked")
    published: str
    modified: str
    images: PriorityCountsAnswer = Field(description="Affected images by priority")
    first_scan: datetime | None
    last_scan: datetime | None

    @classmethod
    def of(cls, page: VulnerabilityPage) -> VulnerabilityAnswer:
        """Return the answer for a library page."""
        facts = {name: getattr(page.facts, name) for name in cls.model_fields if hasattr(page.facts, name)}
        return cls.model_validate(
            facts
            | {
                "ratings": tuple(RatingAnswer.of(rating) for rating in page.facts.ratings),
                "weakness_names": tuple(weakness_of(one) for one in page.facts.weaknesses),
                "solution": page.solution,
                "images": page.images,
                "first_scan": page.first_scan,
                "last_scan": page.last_scan,
            }
        )


class ImpactAnswer(PackageAnswer):
    """An affected package, and why it is affected."""

    cause: str = Field(description="One sentence made from the evidence of the match")


class AffectedImageAnswer(Answer):
    """One affected image, the impact there and what to do about it."""

    image: ImageRowAnswer
    priority: Priority
    state: FindingState
    fix_command: str = Field(description="Shell command that mends it, for the Dockerfile; empty where none does")
    fix_note: str = Field(description="What to do where no command mends it, or besides the command")
    dockerfile: str = Field(description="Which instruction of the Dockerfile to change")
    caution: str = Field(description="What can break")
    prevention: str = Field(description="How the flaw is kept from coming back")
    references: tuple[str, ...]
    packages: tuple[ImpactAnswer, ...]
    origin: LayerOrigin = Field(description="`base` where every affected package came with the base image")
    first_seen: datetime
    last_seen: datetime

    @classmethod
    def of(cls, affected: AffectedImage) -> AffectedImageAnswer:
        """Return the answer for an affected image."""
        finding = affected.finding
        around = Surroundings(affected.image.base, affected.image.tools)
        packages = [package for package in finding.packages if not package.suppressed_by] or finding.packages
        remedy = remedy_of(packages, around, vulnerability=finding.id, references=affected.references)
        return cls(
            image=ImageRowAnswer.of(affected.image),
            priority=finding.priority,
            state=finding.state,
            fix_command=remedy.command,
            fix_note=remedy.instead,
            dockerfile=remedy.dockerfile,
            caution=remedy.caution,
            prevention=remedy.prevention,
            references=remedy.references,
            packages=tuple(
                ImpactAnswer.model_validate(
                    {**PackageAnswer.model_validate(package).model_dump(), "cause": cause_of(package)}
                )
                for package in finding.packages
            ),
            origin=finding.origin,
            first_seen=finding.first_seen,
            last_seen=finding.last_seen,
        )


@router.get(
    "/v1/vulnerabilities",
    summary="List vulnerabilities",
    tags=["Vulnerabilities"],
    middlewares=only(VulnerabilityQuery),
)
def list_all(query: Annotated[VulnerabilityQuery, Query()]) -> PageAnswer[VulnerabilityRowAnswer]:
    """Answer vulnerabilities with the numbers of affected images, most urgent first."""
    page = list_vulnerabilities(queries.reading(), query.wanted, query.page)
    return PageAnswer[VulnerabilityRowAnswer].model_validate(page)


@router.get("/v1/vulnerabilities/<id>", summary="Show one vulnerability", tags=["Vulnerabilities"], middlewares=only())
def show(id: VulnerabilityId) -> VulnerabilityAnswer:  # noqa: A002 - the name of the path's part
    """Answer description, ratings of every source, exploitation, solution and references."""
    page = get_vulnerability(queries.reading(), id)
    if page is None:
        raise NotFoundError
    return VulnerabilityAnswer.of(page)


@router.get(
    "/v1/vulnerabilities/<id>/images",
    summary="List affected images",
    tags=["Vulnerabilities"],
    middlewares=only(ScopedQuery),
)
def list_images(
    id: VulnerabilityId,  # noqa: A002 - the name of the path's part
    query: Annotated[ScopedQuery, Query()],
) -> PageAnswer[AffectedImageAnswer]:
    """Answer the images that one vulnerability affects, each with the packages, files and layers concerned."""
    page = list_vulnerability_images(queries.reading(), id, query.scope, query.page)
    if page is None:
        raise NotFoundError
    rows = tuple(AffectedImageAnswer.of(row) for row in page.items)
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)
