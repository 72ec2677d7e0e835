"""``/v1/images/{id}/host-findings``: what no count holds, because it does not concern a container."""

from __future__ import annotations

from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from pratique.api.answers import Answer
from pratique.api.matched_answers import MatchedFindingAnswer
from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.model.image import ImageId
from pratique.wiring import image_answers

router = new_router()


class HostFindingsAnswer(Answer):
    """All of them for one image."""

    items: tuple[MatchedFindingAnswer, ...]


@router.get(
    "/v1/images/<id>/host-findings", summary="List what only concerns a host", tags=["Images"], middlewares=only()
)
def list_host_findings(id: ImagePathId) -> HostFindingsAnswer:  # noqa: A002 - the name of the path's part
    """Answer the vulnerabilities of an image's kernel headers, firmware and boot loaders.

    A container runs on its host's kernel, so they are in no count and no other list.
    """
    found = image_answers.host_findings()(ImageId.parse(unquote(id)))
    if found is None:
        raise NotFoundError
    return HostFindingsAnswer(items=tuple(MatchedFindingAnswer.of(finding) for finding in found))
