"""``/v1/suppressions``: findings that somebody decided not to act on."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from msgspec import to_builtins
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, only
from pratique.api.routers import new_router
from pratique.model.allow_list import EntryState
from pratique.model.suppression import Covers, Endings, Justification, Suppression
from pratique.services.query.suppressions import (
    CountedSuppression,
    SuppressionFilter,
    get_suppression,
    list_suppressions,
)
from pratique.services.suppress_findings import WantedSuppression
from pratique.wiring import queries, suppressions

router = new_router()
_log = logging.getLogger(__name__)

SuppressionId = Annotated[str, Path(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
_PATH_GLOB = "Glob over whole paths without a leading `/`: `*` stays inside one folder, `**` does not"


class SuppressionQuery(PageQuery):
    """Filters of the list."""

    state: EntryState | None = Field(None, description="Left out: suppressions in any state")
    vulnerability: str = Field("", max_length=100, description="Exactly this id; empty for any")
    document: str = Field("", max_length=1000, description="Id of the VEX document that they are from; empty for any")
    matches: bool | None = Field(None, description="`false`: those that hide nothing in any image")


class SuppressionBody(BaseModel):
    """A suppression; of what it covers, every field that is given has to fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vulnerability: str = Field("", max_length=100, description="Any id of the flaw")
    package: str = Field("", max_length=500, description="Name, or package URL")
    version: str = Field("", max_length=200, description="Installed version: ends when the package changes")
    path: str = Field("", max_length=4096, description=_PATH_GLOB)
    repository: str = Field("", max_length=256, description="Glob over names of repositories")
    layer: str = Field("", pattern=r"^(sha256:[0-9a-f]{64})?$", description="Diff ID of the layer that brought it")
    digest: str = Field("", pattern=r"^(sha256:[0-9a-f]{64})?$", description="Digest of one image's manifest")
    reason: str = Field(min_length=1, max_length=1000, description="Why it is not acted on")
    owner: str = Field("", max_length=200, description="Who answers for it; empty: the caller")
    justification: Justification = Justification.ACCEPTED
    expires: AwareDatetime | None = Field(None, description="When it ends by itself; left out: never")
    until_fixed: bool = Field(default=False, description="Ends for a package when a fixed version exists")
    until_exploited: bool = Field(default=False, description="Ends when CISA lists the flaw as exploited")
    until_epss: float | None = Field(None, ge=0, le=1, description="Ends when the EPSS score reaches this")

    @property
    def wanted(self) -> WantedSuppression:
        """The suppression that is asked for; raises InvalidValue where it would cover everything."""
        covers = Covers(
            vulnerability=self.vulnerability,
            package=self.package,
            version=self.version,
            path=self.path.removeprefix("/"),
            repository=self.repository,
            layer=self.layer,
            digest=self.digest,
        )
        expires = self.expires.astimezone(UTC) if self.expires else None
        ends = Endings(expires, self.until_fixed, self.until_exploited, self.until_epss)
        return WantedSuppression(covers, self.reason, self.owner, self.justification, ends)


class VexDocumentAnswer(Answer):
    """A VEX document as it names itself."""

    id: str
    author: str
    version: str
    issued: datetime | None = Field(description="Null where it does not tell")


class SuppressionAnswer(Answer):
    """One suppression, and what it hides."""

    id: str
    vulnerability: str
    package: str
    version: str
    path: str = Field(description=_PATH_GLOB)
    repository: str
    layer: str
    digest: str
    reason: str
    owner: str
    justification: Justification
    expires: datetime | None
    until_fixed: bool
    until_exploited: bool
    until_epss: float | None
    state: EntryState
    images: int = Field(description="Images in which it hides a finding; 0: it matches nothing")
    added_by: str
    added_at: datetime
    changed_by: str
    changed_at: datetime | None
    removed_by: str
    removed_at: datetime | None
    document: VexDocumentAnswer | None = Field(description="The VEX document that states it; null: decided here")

    @classmethod
    def of(cls, counted: CountedSuppression) -> SuppressionAnswer:
        """Return the answer for a suppression."""
        one = counted.suppression
        covers = {name: getattr(one.covers, name) for name in Covers.__struct_fields__}
        own = {name: getattr(one, name) for name in Suppression.__struct_fields__ if name not in ("covers", "ends")}
        ends = {
            "expires": one.ends.expires,
            "until_fixed": one.ends.fixed,
            "until_exploited": one.ends.exploited,
            "until_epss": one.ends.epss,
        }
        state = one.state(queries.reading().clock.now())
        return cls.model_validate({**covers, **own, **ends, "state": state, "images": counted.images})


def _answer(suppression_id: str) -> SuppressionAnswer:
    counted = get_suppression(queries.reading(), suppression_id)
    if counted is None:
        raise NotFoundError
    return SuppressionAnswer.of(counted)


@router.get("/v1/suppressions", summary="List suppressions", tags=["Suppressions"], middlewares=only(SuppressionQuery))
def list_all(query: Annotated[SuppressionQuery, Query()]) -> PageAnswer[SuppressionAnswer]:
    """Answer suppressions, newest first, with the number of images in which each hides something."""
    wanted = SuppressionFilter(query.state, query.vulnerability, query.matches, query.document)
    page = list_suppressions(queries.reading(), wanted, query.page)
    rows = tuple(SuppressionAnswer.of(one) for one in page.items)
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)


@router.get("/v1/suppressions/<id>", summary="Show one suppression", tags=["Suppressions"], middlewares=only())
def show(id: SuppressionId) -> SuppressionAnswer:  # noqa: A002 - the name of the path's part
    """Answer one suppression."""
    return _answer(id)


@router.post(
    "/v1/suppressions",
    summary="Suppress findings",
    tags=["Suppressions"],
    middlewares=only(),
    status_code=HTTPStatus.CREATED,
)
def add(body: Annotated[SuppressionBody, Body()]) -> Response[SuppressionAnswer]:
    """Add a suppression and judge the images that it concerns again; no layer is read for that."""
    context, caller = router.current_event.request_context, router.context["caller"]
    one = suppressions.suppress_findings().add(body.wanted, by=caller, seed=f"request {context.request_id}")
    _log.info("suppression added", extra={"caller": caller, "suppression": one.id})
    return Response(
        status_code=HTTPStatus.CREATED,
        content_type="application/json",
        body=_answer(one.id),
        headers={"Location": f"/v1/suppressions/{one.id}"},
    )


@router.put("/v1/suppressions/<id>", summary="Change a suppression", tags=["Suppressions"], middlewares=only())
def change(id: SuppressionId, body: Annotated[SuppressionBody, Body()]) -> SuppressionAnswer:  # noqa: A002 - the name of the path's part
    """Replace what a suppression says, and judge the images that it concerns again."""
    caller, before = router.context["caller"], queries.reading().suppressions.get(id)
    after = suppressions.suppress_findings().change(id, body.wanted, by=caller)
    if after is None:
        raise NotFoundError
    difference = router.context["difference"]
    difference.before, difference.after = to_builtins(before) if before else None, to_builtins(after)
    _log.info("suppression changed", extra={"caller": caller, "suppression": id})
    return _answer(id)


@router.delete("/v1/suppressions/<id>", summary="End a suppression", tags=["Suppressions"], middlewares=only())
def remove(id: SuppressionId) -> SuppressionAnswer:  # noqa: A002 - the name of the path's part
    """End a suppression, which stays listed as removed, and judge the images that it concerned again."""
    caller = router.context["caller"]
    ended = suppressions.suppress_findings().remove(id, by=caller)
    if ended is None:
        raise NotFoundError
    router.context["difference"].after = to_builtins(ended)
    _log.info("suppression removed", extra={"caller": caller, "suppression": id})
    return _answer(id)
