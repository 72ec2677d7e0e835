"""``/v1/trend``: how the numbers went, day by day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, LevelCountsAnswer, PriorityCountsAnswer
from pratique.api.overview import VulnerabilityTotalsAnswer
from pratique.api.parameters import only
from pratique.api.routers import new_router
from pratique.ports.trend import DayTotals
from pratique.services.query.trend import get_trend
from pratique.wiring import queries

router = new_router()


class TrendQuery(BaseModel):
    """How far back."""

    model_config = ConfigDict(frozen=True)

    days: int = Field(90, ge=1, le=400, description="Days up to today")


class RiskCountsAnswer(Answer):
    """Images by risk."""

    total: int
    high: int
    medium: int
    low: int
    clean: int
    unknown: int = Field(description="Nothing found, and not everything seen: never the same as clean")


class DayAnswer(Answer):
    """One day; days of which nothing was stored are not in the list."""

    day: date = Field(description="In UTC; the numbers are those of the day's last quarter of an hour")
    images: RiskCountsAnswer
    vulnerabilities: VulnerabilityTotalsAnswer
    samples: LevelCountsAnswer

    @classmethod
    def of(cls, totals: DayTotals) -> DayAnswer:
        """Return one stored day."""
        return cls(
            day=totals.day,
            images=RiskCountsAnswer.model_validate(totals.images),
            vulnerabilities=VulnerabilityTotalsAnswer(
                system=PriorityCountsAnswer.model_validate(totals.system),
                application=PriorityCountsAnswer.model_validate(totals.application),
            ),
            samples=LevelCountsAnswer.model_validate(totals.samples),
        )


class TrendAnswer(Answer):
    """The series, oldest day first."""

    items: tuple[DayAnswer, ...]


@router.get("/v1/trend", summary="Numbers day by day", tags=["Overview"], middlewares=only(TrendQuery))
def show_trend(query: Annotated[TrendQuery, Query()]) -> TrendAnswer:
    """Answer images by risk, distinct vulnerabilities and samples of the last days."""
    return TrendAnswer(items=tuple(DayAnswer.of(one) for one in get_trend(queries.reading(), query.days)))
