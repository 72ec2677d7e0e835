"""``/v1/images/{id}/report`` and ``/sbom``: one image in the formats that other programs read."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.errors import InvalidValue
from pratique.model.image import ImageId
from pratique.reports.asff import Receiver
from pratique.reports.bill_of_materials import BillFormat, bill_bytes
from pratique.reports.formats import ReportFormat, report_bytes
from pratique.wiring import image_answers, queries

router = new_router()

# Lambda answers at most 6 MB, and the envelope escapes some of it.
_MOST_BYTES = 4_500_000


class ReportQuery(BaseModel):
    """Which format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: ReportFormat = Field(ReportFormat.JSON, description="How to write the report")


class BillQuery(BaseModel):
    """Which format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: BillFormat = Field(BillFormat.CYCLONEDX, description="How to write the bill of materials")


def _answers(what: str, forms: Iterable[ReportFormat | BillFormat]) -> dict[int, OpenAPIResponse]:
    kinds = [form.media_type.partition(";")[0] for form in forms]
    content = {kind: {"schema": {} if "json" in kind else {"type": "string"}} for kind in kinds}
    return {200: {"description": f"{what}, in the media type of its format", "content": content}}  # type: ignore[typeddict-item] # any schema is one


@router.get(
    "/v1/images/<id>/report",
    summary="Report on one image",
    tags=["Images"],
    responses=_answers("The report", ReportFormat),
    middlewares=only(ReportQuery),
)
def show_report(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[ReportQuery, Query()],
) -> Response[str]:
    """Answer the whole image in one format, judged with the present advisories; no layer is read."""
    asked = ImageId.parse(unquote(id))
    receiver = _receiver(asked) if query.format is ReportFormat.ASFF else None
    found = image_answers.report_image()(asked)
    if found is None:
        raise NotFoundError
    image, report, inventory = found
    body = report_bytes(query.format, image, report, inventory, now=queries.reading().clock.now(), receiver=receiver)
    return _answer(body, query.format.media_type, "pratique scan")


@router.get(
    "/v1/images/<id>/sbom",
    summary="Bill of materials of one image",
    tags=["Images"],
    responses=_answers("The bill of materials", BillFormat),
    middlewares=only(BillQuery),
)
def show_bill(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[BillQuery, Query()],
) -> Response[str]:
    """Answer the packages that the last scan found, with the layers that brought them; no finding is in it."""
    found = image_answers.image_bill()(ImageId.parse(unquote(id)))
    if found is None:
        raise NotFoundError
    image, inventory = found
    body = bill_bytes(query.format, image, inventory, now=queries.reading().clock.now())
    return _answer(body, query.format.media_type, "pratique inventory")


def _answer(body: bytes, media_type: str, instead: str) -> Response[str]:
    if len(body) > _MOST_BYTES:
        reason = f"the report has {len(body)} bytes, more than one answer holds: use `{instead}` for it"
        raise ServiceError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    return Response(status_code=HTTPStatus.OK, content_type=media_type, body=body.decode())


def _receiver(image: ImageId) -> Receiver:
    """Return the Security Hub of the account and region that the image's registry is in."""
    account, _, region = image.instance.partition(".")
    if not account.isdecimal() or not region:
        raise InvalidValue("asff is for images of ECR: of another registry no account and region are known")
    return Receiver(account, region)
