"""``/v1/images/{id}/past-findings``: what the advisories of another time say of an image."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.api.explanation_answers import AS_OF
from pratique.api.matched_answers import MatchedFindingAnswer
from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.model.image import ImageId
from pratique.wiring import image_answers

router = new_router()


class PastQuery(BaseModel):
    """Which time or revision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: str = Field(min_length=1, max_length=40, description=AS_OF)


class PastFindingsAnswer(Answer):
    """All vulnerabilities of one image by the advisories of one revision."""

    revision: str = Field(description="Advisory database that was asked")
    built: str = Field(description="When it was built, RFC 3339")
    items: tuple[MatchedFindingAnswer, ...]


@router.get(
    "/v1/images/<id>/past-findings",
    summary="List what was known of an image at a time",
    tags=["Images"],
    middlewares=only(PastQuery),
)
def list_past_findings(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[PastQuery, Query()],
) -> PastFindingsAnswer:
    """Answer the vulnerabilities that the advisories of that time name in the image as its last scan found it."""
    found = image_answers.past_findings(query.as_of)(ImageId.parse(unquote(id)))
    if found is None:
        raise NotFoundError
    items = tuple(MatchedFindingAnswer.of(finding) for finding in found.vulnerabilities)
    return PastFindingsAnswer(revision=found.revision, built=found.built, items=items)
