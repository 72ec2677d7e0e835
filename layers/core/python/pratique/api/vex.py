"""``/v1/vex``: documents that state what is not affected."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.api.parameters import only
from pratique.api.routers import new_router
from pratique.api.suppressions import VexDocumentAnswer
from pratique.services.take_vex import OlderDocument, TakenVex, VexScope
from pratique.vex.reading import VexFormat
from pratique.wiring import vex

router = new_router()


class VexQuery(BaseModel):
    """Which images a document is about, beside what it says itself."""

    model_config = ConfigDict(frozen=True)

    repository: str = Field("", max_length=256, description="Glob over names of repositories; empty for any")
    digest: str = Field(
        "", pattern=r"^(sha256:[0-9a-f]{64})?$", description="Digest of one image's manifest; empty for any"
    )

    @property
    def scope(self) -> VexScope:
        """The scope."""
        return VexScope(self.repository, self.digest)


class IgnoredAnswer(Answer):
    """A statement that hides nothing."""

    place: str = Field(description="JSON path in the document")
    reason: str


class TakenVexAnswer(Answer):
    """What became of a document."""

    format: VexFormat
    document: VexDocumentAnswer
    added: tuple[str, ...] = Field(description="`id`s of the suppressions that it brought")
    kept: tuple[str, ...] = Field(description="`id`s of those that an earlier version had brought, too")
    ended: tuple[str, ...] = Field(description="`id`s of those that only an earlier version had")
    ignored: tuple[IgnoredAnswer, ...] = Field(description="Statements that hide nothing, each with its reason")

    @classmethod
    def of(cls, taken: TakenVex) -> TakenVexAnswer:
        """Return the answer for a document that was taken."""
        lists = {name: tuple(one.id for one in getattr(taken, name)) for name in ("added", "kept", "ended")}
        about = {"format": taken.reading.format, "document": taken.reading.document, "ignored": taken.ignored}
        return cls.model_validate({**about, **lists})


@router.post(
    "/v1/vex",
    summary="Take a VEX document",
    tags=["Suppressions"],
    middlewares=only(VexQuery),
    status_code=HTTPStatus.CREATED,
)
def take(
    query: Annotated[VexQuery, Query()],
    body: Annotated[dict[str, Any], Body(description="The document: OpenVEX, CSAF 2.0 (VEX) or CycloneDX, as JSON")],  # noqa: ARG001 - read whole below
) -> Response[TakenVexAnswer]:
    """Suppress what a document states not to be affected or fixed, in place of what an earlier version of it stated.

    The suppressions are listed with all others; images that they concern are judged again, and no layer is read.
    """
    text, caller = router.current_event.decoded_body or "", router.context["caller"]
    try:
        taken = vex.take_vex()(text.encode(), query.scope, by=caller)
    except OlderDocument as error:
        raise ServiceError(HTTPStatus.CONFLICT, error.message) from error
    answer = TakenVexAnswer.of(taken)
    router.context["difference"].after = answer.model_dump(mode="json", exclude={"ignored"})
    return Response(
        status_code=HTTPStatus.CREATED,
        content_type="application/json",
        body=answer,
        headers={"Location": f"/v1/suppressions?document={quote(taken.reading.document.id, safe='')}"},
    )
