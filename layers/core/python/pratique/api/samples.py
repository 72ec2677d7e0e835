"""``/v1/samples``: malicious samples, and what people decided about them."""

from __future__ import annotations

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query
from msgspec.structs import asdict
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.allow_list import EntryAnswer
from pratique.api.answers import (
    Answer,
    FileAnswer,
    ImageRowAnswer,
    LevelCountsAnswer,
    PageAnswer,
    RuleAnswer,
    SampleKey,
    SamplePurl,
)
from pratique.api.parameters import Name, RepositoryName, ScopedQuery, only
from pratique.api.routers import new_router
from pratique.errors import Conflict
from pratique.model.processing import ProcessingStatus
from pratique.model.sample import Behaviour, Level, behaviours_in
from pratique.ports.findings import FindingState
from pratique.services.query.sample import (
    InfectedImage,
    SamplePage,
    get_sample,
    list_sample_images,
)
from pratique.services.query.samples import SampleFilter, SampleSort, list_samples
from pratique.wiring import queries, samples

router = new_router()
_log = logging.getLogger(__name__)

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 that the list names, in hexadecimal")]


class SampleQuery(ScopedQuery):
    """Filters of the list."""

    level: Level | None = None
    status: ProcessingStatus | None = Field(None, description="What people decided")
    name: Name = ""
    repository_name: RepositoryName = ""
    quiet: bool | None = Field(
        None,
        description="`true`: samples that the allow-list keeps quiet everywhere in the scope; `false`: others; "
        "left out: others, and with `status=allowlisted` both",
    )
    sort: SampleSort = SampleSort.LEVEL

    @property
    def wanted(self) -> SampleFilter:
        """The filter."""
        return SampleFilter(
            scope=self.scope,
            level=self.level,
            status=self.status,
            name=self.name,
            repository_name=self.repository_name,
            quiet=self.quiet,
            sort=self.sort,
        )


class SampleRowAnswer(Answer):
    """One malicious sample in the list."""

    sha256: SampleKey
    purl: SamplePurl
    name: str
    level: Level
    size: int = Field(description="Bytes; 0 for a package")
    status: ProcessingStatus
    images: LevelCountsAnswer = Field(description="Images that hold it, by level")
    images_total: int
    quiet_images: int = Field(description="Images more in which the allow-list keeps it quiet")
    first_scan: datetime | None
    last_scan: datetime | None


class DecisionAnswer(Answer):
    """One decision about a sample."""

    status: ProcessingStatus
    by: str = Field(description="Who decided; `pratique` where a handled sample came back")
    at: datetime | None
    note: str = Field(description="Why")
    version: int = Field(description="Counts the sample's decisions from 1")


class SampleAnswer(Answer):
    """One malicious sample."""

    sha256: SampleKey
    purl: SamplePurl
    name: str
    level: Level
    size: int = Field(description="Bytes; 0 for a package")
    behaviours: tuple[Behaviour, ...] = Field(description="What it does, by all its rules")
    rules: tuple[RuleAnswer, ...]
    status: ProcessingStatus
    status_by: str = Field(description="Who decided, empty while nobody has")
    status_at: datetime | None
    note: str
    version: int = Field(description="Number of the last decision, which `If-Match` may name; 0 while there is none")
    history: tuple[DecisionAnswer, ...] = Field(description="The last 100 decisions, newest first")
    allowed_by: tuple[EntryAnswer, ...] = Field(description="Active entries of the allow-list about it or its rules")
    images: LevelCountsAnswer = Field(description="Images that hold it, by level")
    quiet_images: int = Field(description="Images more in which the allow-list keeps it quiet")
    first_scan: datetime | None
    last_scan: datetime | None

    @classmethod
    def of(cls, page: SamplePage) -> SampleAnswer:
        """Return the answer for a sample's page."""
        last = page.decision
        return cls(
            sha256=page.sha256,
            name=page.name,
            level=page.level,
            purl=page.purl,
            size=page.size,
            behaviours=behaviours_in(page.rules),
            rules=tuple(RuleAnswer.model_validate(rule) for rule in page.rules),
            status=last.status,
            status_by=last.by,
            status_at=last.at,
            note=last.note,
            version=last.version,
            history=tuple(DecisionAnswer.model_validate(decision) for decision in page.history),
            allowed_by=tuple(EntryAnswer.of(entry) for entry in page.allowed_by),
            images=LevelCountsAnswer.model_validate(page.images),
            quiet_images=page.quiet_images,
            first_scan=page.first_scan,
            last_scan=page.last_scan,
        )


class InfectedImageAnswer(Answer):
    """One image that holds the sample, and where."""

    image: ImageRowAnswer
    state: FindingState
    present: bool = Field(description="Whether it still stands anywhere in the final image")
    files: tuple[FileAnswer, ...]
    first_seen: datetime
    last_seen: datetime

    @classmethod
    def of(cls, infected: InfectedImage) -> InfectedImageAnswer:
        """Return the answer for an image."""
        sample = infected.sample
        return cls(
            image=ImageRowAnswer.of(infected.image),
            state=sample.state,
            present=sample.present,
            files=tuple(FileAnswer.model_validate(file) for file in sample.files),
            first_seen=sample.first_seen,
            last_seen=sample.last_seen,
        )


class SampleDecision(BaseModel):
    """What somebody decides about a sample."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: ProcessingStatus
    note: str = Field("", max_length=1000, description="Why")


@router.get("/v1/samples", summary="List malicious samples", tags=["Samples"], middlewares=only(SampleQuery))
def list_all(query: Annotated[SampleQuery, Query()]) -> PageAnswer[SampleRowAnswer]:
    """Answer malicious samples with the numbers of images that hold them, worst first."""
    page = list_samples(queries.reading(), query.wanted, query.page)
    return PageAnswer[SampleRowAnswer].model_validate(page)


@router.get("/v1/samples/<sha256>", summary="Show one sample", tags=["Samples"], middlewares=only())
def show(sha256: Sha256) -> SampleAnswer:
    """Answer the rules that name the sample, and its processing status."""
    page = get_sample(queries.reading(), sha256)
    if page is None:
        raise NotFoundError
    return SampleAnswer.of(page)


@router.patch("/v1/samples/<sha256>", summary="Set a sample's processing status", tags=["Samples"], middlewares=only())
def decide(
    sha256: Sha256,
    decision: Annotated[SampleDecision, Body()],
    if_match: Annotated[
        str,
        Header(
            alias="If-Match",
            max_length=20,
            pattern=r'^("\d{1,9}")?$',
            description='`version` that was read, in quotes, such as `"3"`; left out: whatever was decided last',
        ),
    ] = "",
) -> SampleAnswer:
    """Record what the caller decided; 412 where somebody else has decided since the version that `If-Match` names."""
    caller = router.context["caller"]
    expected = int(if_match.strip('"')) if if_match else None
    known = get_sample(queries.reading(), sha256)
    try:
        decided = samples.allow_samples().decide(
            sha256, decision.status, by=caller, note=decision.note, expected_version=expected
        )
    except Conflict as error:
        if error.retryable:
            raise
        reason = "somebody has decided about the sample in between: read it again"
        raise ServiceError(HTTPStatus.PRECONDITION_FAILED, reason) from error
    page = get_sample(queries.reading(), sha256) if decided else None
    if page is None:
        raise NotFoundError
    difference = router.context["difference"]
    difference.before = asdict(known.decision) if known else None
    difference.after = asdict(page.decision)
    _log.info("sample decided", extra={"caller": caller, "sha256": sha256, "status": decision.status.value})
    return SampleAnswer.of(page)


@router.get(
    "/v1/samples/<sha256>/images", summary="List images with a sample", tags=["Samples"], middlewares=only(ScopedQuery)
)
def list_images(sha256: Sha256, query: Annotated[ScopedQuery, Query()]) -> PageAnswer[InfectedImageAnswer]:
    """Answer the images that hold one sample, each with its files and layers."""
    page = list_sample_images(queries.reading(), sha256, query.scope, query.page)
    if page is None:
        raise NotFoundError
    rows = tuple(InfectedImageAnswer.of(row) for row in page.items)
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)
