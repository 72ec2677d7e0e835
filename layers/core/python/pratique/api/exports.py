"""``/v1/exports/…``: any list as a file, fetched by a link.

Each list has one route here, with the list's own filters.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AwareDatetime, BaseModel, Field, create_model

from pratique.api import images, repositories, samples, scans, suppressions, vulnerabilities
from pratique.api.answers import Answer, PageAnswer
from pratique.api.parameters import PageQuery, ScopedQuery, only
from pratique.api.routers import new_router
from pratique.reports.rows import RowFormat
from pratique.services.query.page import MAX_LIMIT
from pratique.services.write_export import LINK_SECONDS, Rows
from pratique.wiring import queries, stores

router = new_router()


class ExportAnswer(Answer):
    """One file of a list."""

    list: str
    format: RowFormat
    rows: int = Field(description="Rows in the file")
    link: str = Field(description="Address of the file; whoever has it can fetch it, without a token")
    expires: AwareDatetime = Field(description="When the link ends")
    next_cursor: str | None = Field(description="`cursor` of the next file; null where the list ends in this one")


class _OfOne(BaseModel):
    id: str = Field(min_length=1, max_length=1000, description="Id of what the list is about")


class VulnerabilityImagesQuery(_OfOne, ScopedQuery):
    """Images of one vulnerability."""


class SampleImagesQuery(_OfOne, ScopedQuery):
    """Images of one sample."""


class ImageFindingsQuery(_OfOne, images.FindingQuery):
    """Findings of one image."""


Ask = Callable[[Any], PageAnswer[Any]]

_LISTS: tuple[tuple[str, type[PageQuery], Ask], ...] = (
    ("vulnerabilities", vulnerabilities.VulnerabilityQuery, vulnerabilities.list_all),
    ("vulnerability-images", VulnerabilityImagesQuery, lambda query: vulnerabilities.list_images(query.id, query)),
    ("samples", samples.SampleQuery, samples.list_all),
    ("sample-images", SampleImagesQuery, lambda query: samples.list_images(query.id, query)),
    ("images", images.ImageQuery, images.list_all),
    ("image-findings", ImageFindingsQuery, lambda query: images.list_findings(query.id, query)),
    ("repositories", repositories.RepositoryQuery, repositories.list_all),
    ("suppressions", suppressions.SuppressionQuery, suppressions.list_all),
    ("scans", scans.ScanQuery, scans.list_all),
)


def _route(name: str, query_type: type[PageQuery], ask: Ask) -> None:
    wanted = create_model(
        f"{query_type.__name__.removesuffix('Query')}ExportQuery",
        __base__=query_type,
        format=(RowFormat, Field(RowFormat.CSV, description="`csv`, or `jsonl` for one JSON object a line")),
    )

    def export(query: Any) -> ExportAnswer:
        def page(cursor: str) -> tuple[Rows, str | None]:
            answer = ask(query.model_copy(update={"limit": MAX_LIMIT, "cursor": cursor}))
            return [row.model_dump(mode="json") for row in answer.items], answer.next_cursor

        done = queries.write_export()(name, query.format, query.cursor, page)
        expires = stores.clock().now() + timedelta(seconds=LINK_SECONDS)
        return ExportAnswer(
            list=name,
            format=query.format,
            rows=done.rows,
            link=done.link,
            expires=expires,
            next_cursor=done.next_cursor,
        )

    export.__name__ = f"export_{name.replace('-', '_')}"
    export.__doc__ = "Write the list, with the filters that it knows, into a file, and answer a link to it."
    export.__annotations__ = {"query": Annotated[wanted, Query()], "return": ExportAnswer}
    summary = f"Export {name.replace('-', ' ')}"
    router.get(f"/v1/exports/{name}", summary=summary, tags=["Exports"], middlewares=only(wanted))(export)


for _name, _query, _ask in _LISTS:
    _route(_name, _query, _ask)
