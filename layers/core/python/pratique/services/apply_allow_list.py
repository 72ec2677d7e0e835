"""Judge stored images again where an entry of the allow-list came, ended or was removed; no layer is read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pratique.errors import PratiqueError
from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.model.image import ImageId
from pratique.model.processing import SYSTEM
from pratique.model.sample import Level
from pratique.ports.queries import FindingReader
from pratique.services.allow_samples import AllowSamples
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories

_log = logging.getLogger(__name__)

_PAGE = 100
# As long as an assessment may take: one that began before the change may become visible this much later.
_MARGIN_SECONDS = 900


@dataclass(frozen=True, slots=True)
class AppliedAllowList:
    """The entries that were applied since ``since``, and how many images were judged and failed.

    ``after`` is where to go on, empty when done.
    """

    entries: tuple[str, ...]
    since: datetime
    images: int
    failed: int
    after: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What an earlier call has begun and not finished: `AppliedAllowList` without its number of images."""

    entries: tuple[str, ...]
    since: datetime
    failed: int
    after: str


@dataclass(frozen=True, slots=True)
class ApplyAllowList:
    """Finds the images that hold what waiting entries are about, and judges them from their stored inventories."""

    samples: AllowSamples
    findings: FindingReader
    inventories: ImageInventories
    assess: AssessImage

    def __call__(self, begun: Begun | None = None, *, out_of_time: Callable[[], bool]) -> AppliedAllowList:
        """Apply every entry that waits, or go on with those that were ``begun``.

        An entry whose images could not all be judged waits on.
        """
        allow_list = self.samples.allow_list
        now, failed, after = self.samples.clock.now(), 0, ""
        if begun is not None:
            now, failed, after = begun.since, begun.failed, begun.after
        waiting = allow_list.waiting(now, margin_seconds=_MARGIN_SECONDS)
        chosen = [entry for entry in waiting if begun is None or entry.id in begun.entries]
        names = tuple(entry.id for entry in chosen)
        judged = 0
        for image in self._holders(chosen, after):
            if self._judge(image):
                judged += 1
            else:
                failed += 1
            if out_of_time():
                return AppliedAllowList(names, now, judged, failed, str(image))
        for entry in chosen:
            state = entry.state(now)
            if state is EntryState.EXPIRED:
                self.samples.end(entry, by=SYSTEM, note=f"allow-list entry {entry.id} expired")
            if not failed:
                allow_list.judged(entry.id, state, now)
        return AppliedAllowList(names, now, judged, failed, "")

    def _judge(self, image: ImageId) -> bool:
        try:
            self.assess.again(image, self.inventories.get(image.digest))
        except PratiqueError as error:
            _log.warning("image not judged again", extra={"image": str(image), "reason": str(error)})
            return False
        return True

    def _holders(self, entries: Iterable[AllowListEntry], after: str) -> list[ImageId]:
        """Return the images in which any entry's samples stand, open or quiet, in the order of their IDs."""
        found = {str(image): image for sample in self._concerned(entries) for image in self._with(sample)}
        return [found[name] for name in sorted(found) if name > after]

    def _concerned(self, entries: Iterable[AllowListEntry]) -> frozenset[str]:
        hashes = {entry.sha256 for entry in entries if entry.sha256}
        rules = {entry.rule for entry in entries if entry.rule}
        if rules:
            for sha256, facts in self.samples.library.samples().items():
                if any(key in rules or key.rpartition("/")[2] in rules for key in facts.fired):
                    hashes.add(sha256)
        return frozenset(hashes)

    def _with(self, sha256: str) -> Iterator[ImageId]:
        for level in Level:
            after: str | None = ""
            while after is not None:
                page = self.findings.affected(f"M#{sha256}", rank=level.rank, prefix="", after=after, limit=_PAGE)
                yield from (image.id for image, _ in page.rows)
                after = page.after
