"""Judge stored images again where a suppression came, changed or ended; no layer is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase

import msgspec
from msgspec import Struct

from pratique.model.image import ImageId
from pratique.model.severity import Priority
from pratique.model.suppression import Suppression
from pratique.ports.clock import Clock
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.queries import FindingReader, Library
from pratique.ports.suppressions import Suppressions
from pratique.services.applied import Applied
from pratique.services.judge_again import ASSESSMENT_TIME, JudgeAgain, holders, in_order


class ApplySuppressions(Struct, frozen=True):
    """Finds the images that waiting suppressions can concern, and has them judged again."""

    suppressions: Suppressions
    catalog: ImageCatalog
    findings: FindingReader
    library: Library
    judge: JudgeAgain
    clock: Clock

    def __call__(self, begun: Applied | None = None, *, out_of_time: Callable[[], bool]) -> Applied:
        """Apply every suppression that waits, or go on with those that were ``begun``.

        One whose images could not all be judged waits on.
        """
        now = begun.since if begun else self.clock.now()
        chosen = [one for one in self._waiting(now) if begun is None or one.id in begun.ids]
        begun = begun or Applied(tuple(one.id for one in chosen), now)
        done = self.judge(self._concerned(chosen, begun.after), begun, out_of_time=out_of_time)
        for one in chosen if not done.after and not done.failed else ():
            self.suppressions.judged(one.id, self._mark(one, now), now)
        return done

    def _waiting(self, now: datetime) -> Iterator[Suppression]:
        for one, mark, judged in self.suppressions.marks():
            last = max(filter(None, (one.added_at, one.changed_at, one.removed_at)))
            if mark != self._mark(one, now) or judged is None or judged < last + ASSESSMENT_TIME:
                yield one

    def _mark(self, one: Suppression, now: datetime) -> str:
        """Return a text that changes with whatever the suppression hides: its words, its state, and new scores."""
        scores = self.judge.assess.database.revision.revision if one.ends.epss is not None else ""
        words = msgspec.json.encode((one.covers, one.ends, one.state(now), scores))
        return hashlib.sha256(words).hexdigest()[:16]

    def _concerned(self, chosen: Iterable[Suppression], after: str) -> Iterator[ImageId]:
        """Yield images in the order of their IDs, behind ``after``: those with the flaw where one is named."""
        waiting = list(chosen)
        named = [one for one in waiting if one.covers.vulnerability]
        if len(named) == len(waiting):
            yield from in_order((image for one in named for image in self._holders(one.covers.vulnerability)), after)
            return
        for image in self.catalog.images("ALL", after=after):
            if any(_may_concern(one, image) for one in waiting):
                yield image

    def _holders(self, vulnerability: str) -> Iterator[ImageId]:
        names = self.library.names().values()
        ranks = [priority.rank for priority in Priority]
        for identifier in {name.id for name in names if vulnerability in (name.id, *name.aliases)}:
            yield from holders(self.findings, f"V#{identifier}", ranks)


def _may_concern(one: Suppression, image: ImageId) -> bool:
    if one.covers.digest and one.covers.digest != image.digest:
        return False
    return not one.covers.repository or fnmatchcase(image.repository, one.covers.repository)
