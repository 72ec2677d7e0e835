"""``/v1/audit``: who changed what, when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, only
from pratique.api.routers import new_router
from pratique.services.query.audit import AuditFilter, list_changes
from pratique.wiring import queries

router = new_router()


class AuditQuery(PageQuery):
    """Filters of the list."""

    by: str = Field("", max_length=200, description="Exactly who; empty for anybody")
    about: str = Field("", max_length=1000, description="How the address begins, such as `/v1/settings`; empty for any")


class AuditAnswer(Answer):
    """One change, or the attempt at one."""

    id: str = Field(description="ULID: sorts by the moment")
    at: datetime
    by: str = Field(description="Who the token named; `pratique` for what the service did itself")
    action: str = Field(description="Method of the request, or what the service did")
    about: str = Field(description="Address of the request, or what the service did it to")
    request: str = Field(description="The request's id, as in the logs")
    sent: dict[str, str] = Field(description="Fields of the request; long ones are cut")
    before: dict[str, Any] | None = Field(description="What was there, where the change replaced something")
    after: dict[str, Any] | None = Field(description="What was there afterwards")
    outcome: str = Field(description="HTTP status of the answer; empty where it is not known, as after a crash")


@router.get("/v1/audit", summary="Show who changed what", tags=["Audit"], middlewares=only(AuditQuery))
def list_all(query: Annotated[AuditQuery, Query()]) -> PageAnswer[AuditAnswer]:
    """Answer every change that was asked for over the API and what the service changed itself, newest first.

    They are kept for 400 days. Refused ones are among them, with the status that they were refused with.
    """
    page = list_changes(queries.reading(), AuditFilter(query.by, query.about), query.page)
    rows = tuple(AuditAnswer.model_validate(record) for record in page.items)
    return PageAnswer[AuditAnswer](items=rows, next_cursor=page.next_cursor, total=page.total)
