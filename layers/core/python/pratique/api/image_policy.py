"""``/v1/images/{id}/policy``: whether an image passes a policy, for admission checks.

It is a GET, so that whoever lets images in needs no more than the right to read.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.errors import InvalidValue
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId
from pratique.model.policy import Policy
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.wiring import image_answers

router = new_router()


class PolicyQuery(BaseModel):
    """The rules of a policy file, each as a parameter; what is left out is not asked, but for ``status``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    priority: Priority | None = Field(None, description="Fails on a vulnerability of this priority or a higher one")
    known_exploited: bool = Field(default=False, description="Fails on a vulnerability that CISA lists as exploited")
    fix_days: int | None = Field(
        None,
        ge=0,
        le=36_500,
        description="Fails on a vulnerability with a fix that was told of longer ago than these days",
    )
    samples: Level | None = Field(None, description="Fails on a malicious sample of this level or a worse one")
    licenses_not: str = Field("", max_length=2000, description="Globs of licences of packages, with commas between")
    status: str = Field(
        "complete", max_length=60, description="How the scan may have ended, with commas between; any other way fails"
    )
    advisory_days: int | None = Field(
        None, ge=0, le=36_500, description="Fails where the advisories are older than these days, or of unknown age"
    )

    @property
    def policy(self) -> Policy:
        """The policy; raises InvalidValue for a status that there is not."""
        return Policy(
            priority=self.priority,
            known_exploited=self.known_exploited,
            fix_days=self.fix_days,
            samples=self.samples,
            licenses_not=_words(self.licenses_not),
            status=tuple(_status(word) for word in _words(self.status)),
            advisory_days=self.advisory_days,
        )


class VerdictAnswer(Answer):
    """Whether an image passes, and what that rests on."""

    passes: bool
    reasons: tuple[str, ...] = Field(description="Every rule that fails it, by its name, and why; none where it passes")
    status: ScanStatus | None = Field(description="How much is known of it; null where no scan has read anything yet")
    advisory_revision: str = Field(description="Advisory database that was asked")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _status(word: str) -> ScanStatus:
    try:
        return ScanStatus(word)
    except ValueError as error:
        raise InvalidValue(f"status: {word!r} is none of {', '.join(ScanStatus)}") from error


@router.get("/v1/images/<id>/policy", summary="Check an image", tags=["Images"], middlewares=only(PolicyQuery))
def check(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[PolicyQuery, Query()],
) -> VerdictAnswer:
    """Answer whether an image passes, by the present advisories; one that is unknown or not scanned never does."""
    checked = image_answers.check_image()(ImageId.parse(unquote(id)), query.policy)
    if checked is None:
        raise NotFoundError
    return VerdictAnswer(
        passes=checked.verdict.passes,
        reasons=checked.verdict.reasons,
        status=checked.status,
        advisory_revision=checked.revision,
    )
