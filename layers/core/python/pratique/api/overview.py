"""``/v1/overview``: the numbers on the first page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, LevelCountsAnswer, PriorityCountsAnswer
from pratique.api.parameters import Instance, Repository, only
from pratique.api.routers import new_router
from pratique.services.query.overview import get_overview
from pratique.services.query.scope import ScopeFilter
from pratique.wiring import queries

router = new_router()


class OverviewQuery(BaseModel):
    """Which images the numbers are about."""

    model_config = ConfigDict(frozen=True)

    instance: Instance = ""
    namespace: str | None = Field(
        None, max_length=256, description="Exact namespace; given and empty: repositories without one"
    )
    repository: Repository = ""


class ImageTotalsAnswer(Answer):
    """Images by risk, which add up to the total, and by whether they could be scanned."""

    total: int
    high: int
    medium: int
    low: int
    clean: int = Field(description="Scanned whole, with nothing found")
    unknown: int = Field(description="Nothing found, and not everything seen: never the same as clean")
    scanned: int
    unscanned: int
    failed: int


class VulnerabilityTotalsAnswer(Answer):
    """Distinct vulnerabilities by category and highest priority."""

    system: PriorityCountsAnswer
    application: PriorityCountsAnswer


class AdvisoryStateAnswer(Answer):
    """The advisory database in use."""

    revision: str
    built: str
    starter: bool = Field(description="Whether it is the small set that comes with the service")
    age_seconds: int | None = Field(description="Age of its oldest source, null where unknown")


class OverviewAnswer(Answer):
    """Everything on the first page."""

    images: ImageTotalsAnswer
    vulnerabilities: VulnerabilityTotalsAnswer
    samples: LevelCountsAnswer
    last_scan: datetime | None
    advisories: AdvisoryStateAnswer | None = Field(description="Null where there is no advisory database yet")


@router.get(
    "/v1/overview",
    summary="Numbers of images, vulnerabilities and samples",
    tags=["Overview"],
    middlewares=only(OverviewQuery),
)
def show_overview(query: Annotated[OverviewQuery, Query()]) -> OverviewAnswer:
    """Answer images by risk, findings by category and priority, the last scan and the age of the advisory data."""
    scope = ScopeFilter(query.instance, query.namespace, query.repository)
    return OverviewAnswer.model_validate(get_overview(queries.reading(), scope))
