"""Judge stored images again where a suppression came, changed or ended; no layer is read."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import msgspec

from pratique.errors import PratiqueError
from pratique.model.image import ImageId
from pratique.model.severity import Priority
from pratique.model.suppression import Suppression
from pratique.ports.clock import Clock
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.queries import FindingReader, Library
from pratique.ports.suppressions import Suppressions
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories

_log = logging.getLogger(__name__)

_PAGE = 100
# As long as an assessment may take: one that began before the change may become visible this much later.
_MARGIN = timedelta(seconds=900)


@dataclass(frozen=True, slots=True)
class AppliedSuppressions:
    """Suppressions that are applied since ``since``; images judged and failed; where to go on, empty when done."""

    ids: tuple[str, ...]
    since: datetime
    images: int
    failed: int
    after: str


@dataclass(frozen=True, slots=True)
class ApplySuppressions:
    """Finds the images that waiting suppressions can concern, and judges them from their stored inventories."""

    suppressions: Suppressions
    catalog: ImageCatalog
    findings: FindingReader
    library: Library
    inventories: ImageInventories
    assess: AssessImage
    clock: Clock

    def __call__(
        self, begun: AppliedSuppressions | None = None, *, out_of_time: Callable[[], bool]
    ) -> AppliedSuppressions:
        """Apply every suppression that waits, or go on with those that were ``begun``.

        One whose images could not all be judged waits on.
        """
        now, failed, after = self.clock.now(), 0, ""
        if begun is not None:
            now, failed, after = begun.since, begun.failed, begun.after
        chosen = [one for one in self._waiting(now) if begun is None or one.id in begun.ids]
        names = tuple(one.id for one in chosen)
        judged = 0
        for image in self._concerned(chosen, after):
            if self._judge(image):
                judged += 1
            else:
                failed += 1
            if out_of_time():
                return AppliedSuppressions(names, now, judged, failed, str(image))
        for one in chosen:
            if not failed:
                self.suppressions.judged(one.id, self._mark(one, now), now)
        return AppliedSuppressions(names, now, judged, failed, "")

    def _waiting(self, now: datetime) -> Iterator[Suppression]:
        for one, mark, judged in self.suppressions.marks():
            last = max(filter(None, (one.added_at, one.changed_at, one.removed_at)))
            if mark != self._mark(one, now) or judged is None or judged < last + _MARGIN:
                yield one

    def _mark(self, one: Suppression, now: datetime) -> str:
        """Return a text that changes with whatever the suppression hides: its words, its state, and new scores."""
        scores = self.assess.database.revision.revision if one.ends.epss is not None else ""
        words = msgspec.json.encode((one.covers, one.ends, one.state(now), scores))
        return hashlib.sha256(words).hexdigest()[:16]

    def _concerned(self, chosen: Iterable[Suppression], after: str) -> Iterator[ImageId]:
        """Yield images in the order of their IDs, behind ``after``: those with the flaw where one is named."""
        waiting = list(chosen)
        named = [one for one in waiting if one.covers.vulnerability]
        if len(named) == len(waiting):
            found = {str(image): image for one in named for image in self._holders(one.covers.vulnerability)}
            yield from (found[name] for name in sorted(found) if name > after)
            return
        for image in self.catalog.images("ALL", after=after):
            if any(_may_concern(one, image) for one in waiting):
                yield image

    def _holders(self, vulnerability: str) -> Iterator[ImageId]:
        names = self.library.names().values()
        for identifier in {name.id for name in names if vulnerability in (name.id, *name.aliases)}:
            for priority in Priority:
                position: str | None = ""
                while position is not None:
                    page = self.findings.affected(
                        f"V#{identifier}", rank=priority.rank, prefix="", after=position, limit=_PAGE
                    )
                    yield from (image.id for image, _ in page.rows)
                    position = page.after

    def _judge(self, image: ImageId) -> bool:
        try:
            self.assess.again(image, self.inventories.get(image.digest))
        except PratiqueError as error:
            _log.warning("image not judged again", extra={"image": str(image), "reason": str(error)})
            return False
        return True


def _may_concern(one: Suppression, image: ImageId) -> bool:
    if one.covers.digest and one.covers.digest != image.digest:
        return False
    return not one.covers.repository or fnmatchcase(image.repository, one.covers.repository)
