"""``/v1/settings``: when images are scanned again, and which."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Body, Header
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.api.parameters import only
from pratique.api.routers import new_router
from pratique.errors import Conflict
from pratique.model.settings import Cycle, Settings, Window
from pratique.services.query.settings import VersionedSettings, get_settings, put_settings
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


class SettingsBody(BaseModel):
    """The whole of the settings; what is left out takes its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cycle: Cycle = Field(Cycle.ONE_WEEK, description="How often images are scanned again")
    window: Window = Field(Window.NIGHT, description="Hours of the day in which a scan may start")
    time_zone: Annotated[str, Field(max_length=64, description="IANA name"), AfterValidator(_known_zone)] = "UTC"
    include: tuple[Glob, ...] = Field(("*",), min_length=1, max_length=100, description="Globs of repositories")
    exclude: tuple[Glob, ...] = Field((), max_length=100, description="Globs of repositories that are left out")

    @property
    def settings(self) -> Settings:
        """The settings."""
        return Settings(self.cycle, self.window, self.time_zone, self.include, self.exclude)


class SettingsAnswer(Answer):
    """The settings and their version."""

    cycle: Cycle
    window: Window
    time_zone: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    version: int = Field(description="Also the `ETag`; 0 while nothing was ever set")


def _answer(stored: VersionedSettings) -> Response[SettingsAnswer]:
    settings = stored.settings
    answer = SettingsAnswer(
        cycle=settings.cycle,
        window=settings.window,
        time_zone=settings.time_zone,
        include=settings.include,
        exclude=settings.exclude,
        version=stored.version,
    )
    return Response(
        status_code=HTTPStatus.OK,
        content_type="application/json",
        body=answer,
        headers={"ETag": f'"{stored.version}"'},
    )


@router.get("/v1/settings", summary="Show the settings", tags=["Settings"], middlewares=only())
def show() -> Response[SettingsAnswer]:
    """Answer the schedule and its scope; `ETag` is what a change must name."""
    return _answer(get_settings(queries.reading()))


@router.put("/v1/settings", summary="Change the settings", tags=["Settings"], middlewares=only())
def change(
    body: Annotated[SettingsBody, Body()],
    if_match: Annotated[
        str, Header(alias="If-Match", max_length=20, description="`ETag` of the settings that were read")
    ] = "",
) -> Response[SettingsAnswer]:
    """Replace the settings that `If-Match` names; 412 where somebody else changed them in between."""
    version = _VERSION.fullmatch(if_match)
    if version is None:
        raise ServiceError(
            HTTPStatus.PRECONDITION_REQUIRED, "send the header If-Match with the ETag of the settings that you read"
        )
    caller = router.context["caller"]
    try:
        stored = put_settings(queries.reading(), body.settings, expected_version=int(version[1]), by=caller)
    except Conflict as error:
        reason = "the settings were changed in between: read them again"
        raise ServiceError(HTTPStatus.PRECONDITION_FAILED, reason) from error
    _log.info("settings changed", extra={"caller": caller, "version": stored.version})
    return _answer(stored)
