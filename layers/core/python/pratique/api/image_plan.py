"""``/v1/images/{id}/fix-plan``: what to do about everything that was found in one image."""

from __future__ import annotations

from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from pratique.api.parameters import ImagePathId, only
from pratique.api.plan_answers import FixPlanAnswer
from pratique.api.routers import new_router
from pratique.model.image import ImageId
from pratique.wiring import image_answers

router = new_router()


@router.get("/v1/images/<id>/fix-plan", summary="Plan an image's fixes", tags=["Images"], middlewares=only())
def show_plan(id: ImagePathId) -> FixPlanAnswer:  # noqa: A002 - the name of the path's part
    """Answer the fewest steps that mend the image, what each removes, newer builds of its base, and what is left."""
    planned = image_answers.plan_image()(ImageId.parse(unquote(id)))
    if planned is None:
        raise NotFoundError
    return FixPlanAnswer.of(planned)
