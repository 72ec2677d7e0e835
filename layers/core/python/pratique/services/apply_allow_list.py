"""Judge stored images again where an entry of the allow-list came, ended or was removed; no layer is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.model.image import ImageId
from pratique.model.processing import SYSTEM
from pratique.model.sample import Level
from pratique.ports.queries import FindingReader
from pratique.services.allow_samples import AllowSamples
from pratique.services.applied import Applied
from pratique.services.judge_again import ASSESSMENT_TIME, JudgeAgain, holders, in_order

_MARGIN_SECONDS = int(ASSESSMENT_TIME.total_seconds())


class ApplyAllowList(Struct, frozen=True):
    """Finds the images that hold what waiting entries are about, and has them judged again."""

    samples: AllowSamples
    findings: FindingReader
    judge: JudgeAgain

    def __call__(self, begun: Applied | None = None, *, out_of_time: Callable[[], bool]) -> Applied:
        """Apply every entry that waits, or go on with those that were ``begun``.

        An entry whose images could not all be judged waits on.
        """
        allow_list, now = self.samples.allow_list, begun.since if begun else self.samples.clock.now()
        waiting = allow_list.waiting(now, margin_seconds=_MARGIN_SECONDS)
        chosen = [entry for entry in waiting if begun is None or entry.id in begun.ids]
        begun = begun or Applied(tuple(entry.id for entry in chosen), now)
        done = self.judge(self._concerned(chosen, begun.after), begun, out_of_time=out_of_time)
        for entry in chosen if not done.after else ():
            state = entry.state(now)
            if state is EntryState.EXPIRED:
                self.samples.end(entry, by=SYSTEM, note=f"allow-list entry {entry.id} expired")
            if not done.failed:
                allow_list.judged(entry.id, state, now)
        return done

    def _concerned(self, entries: Iterable[AllowListEntry], after: str) -> list[ImageId]:
        """Return the images in which any entry's samples stand, open or quiet, in the order of their IDs."""
        ranks = [level.rank for level in Level]
        samples = self._samples(entries)
        return in_order((image for one in samples for image in holders(self.findings, f"M#{one}", ranks)), after)

    def _samples(self, entries: Iterable[AllowListEntry]) -> frozenset[str]:
        hashes = {entry.sha256 for entry in entries if entry.sha256}
        rules = {entry.rule for entry in entries if entry.rule}
        if rules:
            for sha256, facts in self.samples.library.samples().items():
                if any(key in rules or key.rpartition("/")[2] in rules for key in facts.fired):
                    hashes.add(sha256)
        return frozenset(hashes)
