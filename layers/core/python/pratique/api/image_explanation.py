"""``/v1/images/<id>/explain``: why something was found in an image, or was not."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Query

from pratique.api.explanation_answers import ExplainQuery, ExplanationAnswer
from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.model.image import ImageId
from pratique.wiring import image_answers

router = new_router()


@router.get(
    "/v1/images/<id>/explain", summary="Explain an image's findings", tags=["Images"], middlewares=only(ExplainQuery)
)
def explain(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[ExplainQuery, Query()],
) -> ExplanationAnswer:
    """Answer every advisory that was a candidate for a package or an id, the comparison made, and what came of it."""
    explanation = image_answers.explain_image(query.as_of)(ImageId.parse(unquote(id)), query.about)
    if explanation is None:
        raise NotFoundError
    return ExplanationAnswer.model_validate(explanation)
