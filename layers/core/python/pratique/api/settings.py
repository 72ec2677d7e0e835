"""``/v1/settings``: when images are scanned again, and which."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Query
from msgspec import to_builtins
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, only
from pratique.api.routers import new_router
from pratique.errors import Conflict
from pratique.model.settings import Cycle, Registry, Settings, Window
from pratique.services.query.settings import (
    VersionedSettings,
    get_settings,
    put_settings,
    settings_history,
    start_times,
)
from pratique.wiring import queries

router = new_router()
_log = logging.getLogger(__name__)
_VERSION = re.compile(r'"(\d{1,12})"')


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not the name of a time zone, such as Europe/Berlin") from error
    return name


Glob = Annotated[str, Field(min_length=1, max_length=256)]
Globs = Annotated[tuple[Glob, ...], Field(max_length=100)]
_ARN_OF_SECRET = r"^(arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:pratique/[A-Za-z0-9/_+=.@-]+)?$"  # noqa: S105 - a pattern


class RegistryBody(BaseModel):
    """One registry beside this account's own: a registry-v2 by its URL, or another ECR by the role that may pull."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    instance: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        description="Instance ID: a name of your own, or `<account>.<region>` of another ECR",
    )
    url: str = Field("", max_length=300, pattern=r"^(https://[^\s/?#@]+)?$", description="`https://host[:port]`")
    role: str = Field(
        "", max_length=300, pattern=r"^(arn:[a-z-]+:iam::\d{12}:role/pratique-pull[A-Za-z0-9+=,.@_-]*)?$",
        description="ARN of the role `pratique-pull…` of the other ECR's account",
    )  # fmt: skip
    credentials: str = Field(
        "", max_length=400, pattern=_ARN_OF_SECRET,
        description="ARN of a secret named `pratique/…` that holds JSON with `username` and `password`; empty: none",
    )  # fmt: skip
    webhook_secret: str = Field(
        "", max_length=400, pattern=_ARN_OF_SECRET,
        description="ARN of a secret named `pratique/…` that holds what the registry's webhook sends",
    )  # fmt: skip
    repositories: tuple[Annotated[str, Field(min_length=1, max_length=256)], ...] = Field(
        (), max_length=1000, description="Repositories to look through where the registry does not list its own"
    )

    @model_validator(mode="after")
    def _reached_in_one_way(self) -> Self:
        if bool(self.url) == bool(self.role):
            raise ValueError("give either url or role")
        return self


class SettingsBody(BaseModel):
    """The whole of the settings; what is left out takes its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cycle: Cycle = Field(Cycle.ONE_WEEK, description="How often images are scanned again")
    window: Window = Field(Window.NIGHT, description="Hours of the day in which a scan may start")
    time_zone: Annotated[str, Field(max_length=64, description="IANA name"), AfterValidator(_known_zone)] = "UTC"
    include: tuple[Glob, ...] = Field(("*",), min_length=1, max_length=100, description="Globs of repositories")
    exclude: Globs = Field((), description="Globs of repositories that are left out")
    instances: tuple[Annotated[str, Field(min_length=1, max_length=128)], ...] = Field(
        (), max_length=100, description="Registries by instance ID; empty: all"
    )
    include_tags: tuple[Glob, ...] = Field(("*",), min_length=1, max_length=100, description="Globs of tags")
    exclude_tags: Globs = Field((), description="Globs of tags that are left out")
    platforms: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$", max_length=60)], ...] = Field(
        (), max_length=20, description="Such as `linux/amd64`; empty: all"
    )
    newest_tags: int = Field(0, ge=0, le=10_000, description="Tags of a repository, the last pushed; 0: all")
    age_days: int = Field(0, ge=0, le=3650, description="Days since the push at most; 0: any age")
    daily_budget: float | None = Field(
        None, gt=0, le=1_000_000, description="US dollars a day (UTC) after which only pushes are scanned; null: none"
    )
    registries: tuple[RegistryBody, ...] = Field((), max_length=100, description="Registries beside this account's own")

    @model_validator(mode="after")
    def _no_registry_twice(self) -> Self:
        names = [registry.instance for registry in self.registries]
        if len(set(names)) < len(names):
            raise ValueError("an instance is named by two registries")
        return self

    @property
    def settings(self) -> Settings:
        """The settings."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        registries = tuple(Registry(**registry.model_dump()) for registry in self.registries)
        return Settings(**{**values, "registries": registries})


class SettingsAnswer(Answer):
    """The settings and their version."""

    cycle: Cycle
    window: Window
    time_zone: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    instances: tuple[str, ...]
    include_tags: tuple[str, ...]
    exclude_tags: tuple[str, ...]
    platforms: tuple[str, ...]
    newest_tags: int
    age_days: int
    daily_budget: float | None
    registries: tuple[RegistryBody, ...]
    version: int = Field(description="Also the `ETag`; 0 while nothing was ever set")


class ScheduleAnswer(SettingsAnswer):
    """The settings, and what they lead to."""

    last_start: datetime | None = Field(description="What moment the last scan of the schedule was for")
    next_start: datetime | None = Field(description="When the next one starts; null while the cycle is `stop`")


class ChangeAnswer(Answer):
    """One change of the settings."""

    version: int
    by: str = Field(description="Who the token named")
    at: datetime
    settings: SettingsAnswer


def _settings(settings: Settings, version: int) -> SettingsAnswer:
    return SettingsAnswer.model_validate({**to_builtins(settings), "version": version})


def _answer(stored: VersionedSettings) -> Response[ScheduleAnswer]:
    times = start_times(queries.reading(), stored.settings)
    said = {
        **to_builtins(stored.settings),
        "version": stored.version,
        "last_start": times.last,
        "next_start": times.next,
    }
    return Response(
        status_code=HTTPStatus.OK,
        content_type="application/json",
        body=ScheduleAnswer.model_validate(said),
        headers={"ETag": f'"{stored.version}"'},
    )


@router.get(
    "/v1/settings/history", summary="Show who changed the settings", tags=["Settings"], middlewares=only(PageQuery)
)
def show_history(query: Annotated[PageQuery, Query()]) -> PageAnswer[ChangeAnswer]:
    """Answer what the settings became with each change, newest first."""
    page = settings_history(queries.reading(), query.page)
    rows = tuple(
        ChangeAnswer(version=row.version, by=row.by, at=row.at, settings=_settings(row.settings, row.version))
        for row in page.items
    )
    return PageAnswer[ChangeAnswer](items=rows, next_cursor=page.next_cursor, total=page.total)


@router.get("/v1/settings", summary="Show the settings", tags=["Settings"], middlewares=only())
def show() -> Response[ScheduleAnswer]:
    """Answer the schedule and its scope; `ETag` is what a change must name."""
    return _answer(get_settings(queries.reading()))


@router.put("/v1/settings", summary="Change the settings", tags=["Settings"], middlewares=only())
def change(
    body: Annotated[SettingsBody, Body()],
    if_match: Annotated[
        str, Header(alias="If-Match", max_length=20, description="`ETag` of the settings that were read")
    ] = "",
) -> Response[ScheduleAnswer]:
    """Replace the settings that `If-Match` names; 412 where somebody else changed them in between."""
    version = _VERSION.fullmatch(if_match)
    if version is None:
        raise ServiceError(
            HTTPStatus.PRECONDITION_REQUIRED, "send the header If-Match with the ETag of the settings that you read"
        )
    caller = router.context["caller"]
    before, _ = queries.reading().settings.get()
    try:
        stored = put_settings(queries.reading(), body.settings, expected_version=int(version[1]), by=caller)
    except Conflict as error:
        reason = "the settings were changed in between: read them again"
        raise ServiceError(HTTPStatus.PRECONDITION_FAILED, reason) from error
    difference = router.context["difference"]
    difference.before, difference.after = to_builtins(before), to_builtins(stored.settings)
    _log.info("settings changed", extra={"caller": caller, "version": stored.version})
    return _answer(stored)
