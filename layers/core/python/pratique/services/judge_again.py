"""Judge images again from their stored inventories where what people decided has changed; no layer is read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from msgspec import Struct, structs

from pratique.errors import PratiqueError
from pratique.model.image import ImageId
from pratique.ports.queries import FindingReader
from pratique.services.applied import Applied
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories

_log = logging.getLogger(__name__)

_PAGE = 100
ASSESSMENT_TIME = timedelta(seconds=900)
"""As long as an assessment may take: one that began before a decision may become visible this much later."""


class JudgeAgain(Struct, frozen=True):
    """Judges images one after the other until the time is up."""

    inventories: ImageInventories
    assess: AssessImage

    def __call__(self, images: Iterable[ImageId], begun: Applied, *, out_of_time: Callable[[], bool]) -> Applied:
        """Judge ``images``, which come in the order of their IDs; return how far that got."""
        judged, failed = 0, begun.failed
        for image in images:
            if self._judge(image):
                judged += 1
            else:
                failed += 1
            if out_of_time():
                return structs.replace(begun, images=judged, failed=failed, after=str(image))
        return structs.replace(begun, images=judged, failed=failed, after="")

    def _judge(self, image: ImageId) -> bool:
        try:
            self.assess.again(image, self.inventories.get(image.digest))
        except PratiqueError as error:
            _log.warning("image not judged again", extra={"image": str(image), "reason": str(error)})
            return False
        return True


def holders(findings: FindingReader, key: str, ranks: Iterable[int]) -> Iterator[ImageId]:
    """Yield the images in which a vulnerability (``V#…``) or a sample (``M#…``) stands, open or ignored, by rank."""
    for rank in ranks:
        after: str | None = ""
        while after is not None:
            page = findings.affected(key, rank=rank, prefix="", after=after, limit=_PAGE)
            yield from (image.id for image, _ in page.rows)
            after = page.after


def in_order(images: Iterable[ImageId], after: str) -> list[ImageId]:
    """Return images each once, in the order of their IDs, those behind ``after`` only."""
    found = {str(image): image for image in images}
    return [found[name] for name in sorted(found) if name > after]
