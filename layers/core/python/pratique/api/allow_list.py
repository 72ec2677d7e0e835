"""``/v1/allow-list``: samples, or rules at paths, that are wanted and therefore kept quiet."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, only
from pratique.api.routers import new_router
from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.services.allow_samples import WantedEntry
from pratique.services.query.allow_list import AllowListFilter, get_entry, list_entries
from pratique.wiring import queries, samples

router = new_router()
_log = logging.getLogger(__name__)

EntryId = Annotated[str, Path(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
_GLOB = "Glob over whole paths without a leading `/`: `*` stays inside one folder, a part `**` is any folders"


class AllowListQuery(PageQuery):
    """Filters of the list."""

    state: EntryState | None = Field(None, description="Left out: entries in any state")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$", description="Entries about one sample; empty for any")


class EntryBody(BaseModel):
    """An entry to add: it names either a sample, or a rule and a path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$", description="The sample's `sha256`")
    rule: str = Field("", max_length=300, description="Rule, as its name or as `pack/name`")
    path: str = Field("", max_length=4096, description=_GLOB)
    reason: str = Field(min_length=1, max_length=1000, description="Why it is wanted")
    owner: str = Field("", max_length=200, description="Who answers for it; empty: the caller")
    expires: AwareDatetime | None = Field(None, description="When the entry ends by itself; left out: never")


class EntryAnswer(Answer):
    """One entry."""

    id: str
    sha256: str = Field(description="The sample, empty where the entry names a rule and a path")
    rule: str
    path: str = Field(description=_GLOB)
    reason: str
    owner: str
    expires: datetime | None
    state: EntryState
    added_by: str
    added_at: datetime
    removed_by: str
    removed_at: datetime | None

    @classmethod
    def of(cls, entry: AllowListEntry) -> EntryAnswer:
        """Return the answer for an entry."""
        return cls.model_validate({**_fields(entry), "state": entry.state(queries.reading().clock.now())})


def _fields(entry: AllowListEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in AllowListEntry.__struct_fields__}


@router.get("/v1/allow-list", summary="List the allow-list", tags=["Allow-list"], middlewares=only(AllowListQuery))
def list_all(query: Annotated[AllowListQuery, Query()]) -> PageAnswer[EntryAnswer]:
    """Answer entries, newest first; removed and expired ones stay listed."""
    page = list_entries(queries.reading(), AllowListFilter(query.state, query.sha256), query.page)
    rows = tuple(EntryAnswer.of(entry) for entry in page.items)
    return PageAnswer(items=rows, next_cursor=page.next_cursor, total=page.total)


@router.get("/v1/allow-list/<id>", summary="Show one entry", tags=["Allow-list"], middlewares=only())
def show(id: EntryId) -> EntryAnswer:  # noqa: A002 - the name of the path's part
    """Answer one entry of the allow-list."""
    entry = get_entry(queries.reading(), id)
    if entry is None:
        raise NotFoundError
    return EntryAnswer.of(entry)


@router.post(
    "/v1/allow-list",
    summary="Allow a sample",
    tags=["Allow-list"],
    middlewares=only(),
    status_code=HTTPStatus.CREATED,
)
def add(body: Annotated[EntryBody, Body()]) -> Response[EntryAnswer]:
    """Add an entry and judge the images that it concerns again; no layer is read for that."""
    context, caller = router.current_event.request_context, router.context["caller"]
    wanted = WantedEntry(body.reason, body.owner, body.sha256, body.rule, body.path, _in_utc(body.expires))
    entry = samples.allow_samples().add(wanted, by=caller, seed=f"request {context.request_id}")
    _log.info("allow-list entry added", extra={"caller": caller, "entry": entry.id})
    return Response(
        status_code=HTTPStatus.CREATED,
        content_type="application/json",
        body=EntryAnswer.of(entry),
        headers={"Location": f"/v1/allow-list/{entry.id}"},
    )


@router.delete("/v1/allow-list/<id>", summary="End an entry", tags=["Allow-list"], middlewares=only())
def remove(id: EntryId) -> EntryAnswer:  # noqa: A002 - the name of the path's part
    """Remove an entry, which stays listed as removed, and judge the images that it concerned again."""
    caller = router.context["caller"]
    entry = samples.allow_samples().remove(id, by=caller)
    if entry is None:
        raise NotFoundError
    router.context["difference"].before = _fields(entry)
    _log.info("allow-list entry removed", extra={"caller": caller, "entry": entry.id})
    return EntryAnswer.of(entry)


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
