"""``/v1/repositories``: repositories by risk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from pratique.api.answers import Answer, PageAnswer
from pratique.api.overview import ImageTotalsAnswer
from pratique.api.parameters import Instance, PageQuery, RepositoryName, only
from pratique.api.routers import new_router
from pratique.services.query.repositories import RepositoryFilter, list_repositories
from pratique.services.query.scope import ScopeFilter
from pratique.wiring import queries

router = new_router()


class RepositoryQuery(PageQuery):
    """Filters of the list."""

    instance: Instance = ""
    namespace: str | None = Field(
        None, max_length=256, description="Exact namespace; given and empty: repositories without one"
    )
    name: RepositoryName = ""


class RepositoryRowAnswer(Answer):
    """One repository in the list."""

    instance: str
    repository: str
    images: ImageTotalsAnswer
    last_scan: datetime | None


@router.get("/v1/repositories", summary="List repositories", tags=["Images"], middlewares=only(RepositoryQuery))
def list_all(query: Annotated[RepositoryQuery, Query()]) -> PageAnswer[RepositoryRowAnswer]:
    """Answer repositories with their images by risk, those with most images at high risk first."""
    wanted = RepositoryFilter(ScopeFilter(query.instance, query.namespace), query.name)
    page = list_repositories(queries.reading(), wanted, query.page)
    rows = tuple(RepositoryRowAnswer.model_validate(row) for row in page.items)
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)
