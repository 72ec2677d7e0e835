"""``/v1/images/{id}/compare``: what became of an image's findings since another image, or another time."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from itertools import groupby
from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.model.comparison import ComparedFinding
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId
from pratique.model.severity import Priority
from pratique.services.compare_images import ComparedImage, ImageComparison
from pratique.wiring import image_answers

router = new_router()

# About 150 bytes each; Lambda answers at most 6 MB.
_MOST_FINDINGS = 20_000
_WITH = (
    "What to compare with: a digest or a tag in the same repository, a whole image `id`, or a date (its end, UTC) or "
    "time (RFC 3339), which means the same image by the advisories of then. A tag goes before a date written alike"
)


class CompareQuery(BaseModel):
    """What to compare with."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    before: str = Field(alias="with", min_length=1, max_length=1000, description=_WITH)


class ComparedImageAnswer(Answer):
    """One side of a comparison."""

    image: str = Field(description="`id` of the image")
    revision: str = Field(description="Advisory database that it was matched with")
    status: ScanStatus = Field(description="How much of it is known: what was not seen is no difference")

    @classmethod
    def of(cls, one: ComparedImage) -> ComparedImageAnswer:
        """Return the answer for a side."""
        return cls(image=str(one.image), revision=one.revision, status=one.report.status)


class ComparedFindingAnswer(Answer):
    """One vulnerability in one package."""

    id: str
    priority: Priority
    package: str
    version: str


class ComparedLayerAnswer(Answer):
    """What one layer brought."""

    layer: int = Field(description="Place in its image, from 0 for the lowest; -1 where it is not known")
    instruction: str = Field(description="Instruction that made the layer, empty where the image does not tell")
    findings: tuple[ComparedFindingAnswer, ...]


class ComparisonAnswer(Answer):
    """What differs, layer by layer; suppressed findings are left out on both sides."""

    before: ComparedImageAnswer
    after: ComparedImageAnswer
    added: tuple[ComparedLayerAnswer, ...] = Field(description="Only `after` has them; its layers")
    fixed: tuple[ComparedLayerAnswer, ...] = Field(description="Only `before` had them; its layers")
    unchanged: tuple[ComparedLayerAnswer, ...] = Field(description="Both have them; the layers of `after`")

    @classmethod
    def of(cls, found: ImageComparison) -> ComparisonAnswer:
        """Return the answer for a comparison."""
        return cls(
            before=ComparedImageAnswer.of(found.before),
            after=ComparedImageAnswer.of(found.after),
            added=_by_layer(found.comparison.added),
            fixed=_by_layer(found.comparison.fixed),
            unchanged=_by_layer(found.comparison.unchanged),
        )


def _by_layer(findings: Sequence[ComparedFinding]) -> tuple[ComparedLayerAnswer, ...]:
    return tuple(
        ComparedLayerAnswer(
            layer=layer,
            instruction=instruction,
            findings=tuple(ComparedFindingAnswer.model_validate(one) for one in of_layer),
        )
        for (layer, instruction), of_layer in groupby(findings, key=lambda one: (one.layer, one.instruction))
    )


@router.get("/v1/images/<id>/compare", summary="Compare an image", tags=["Images"], middlewares=only(CompareQuery))
def compare(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[CompareQuery, Query()],
) -> ComparisonAnswer:
    """Answer which vulnerabilities the image has and the other one, or the image then, had not, and the other way."""
    found = image_answers.compare_images()(ImageId.parse(unquote(id)), query.before)
    if found is None:
        raise NotFoundError
    parts = found.comparison
    number = len(parts.added) + len(parts.fixed) + len(parts.unchanged)
    if number > _MOST_FINDINGS:
        reason = f"the comparison has {number} findings, more than one answer holds: use `pratique compare` for it"
        raise ServiceError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    return ComparisonAnswer.of(found)
