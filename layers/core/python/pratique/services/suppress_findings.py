"""Make, change and end suppressions."""

from __future__ import annotations

import logging
from collections.abc import Callable

from msgspec import Struct, structs

from pratique.errors import Conflict, InvalidValue, StoreError
from pratique.model.scan_id import scan_id
from pratique.model.suppression import NOT_BY_ITSELF, Covers, Endings, Justification, Suppression
from pratique.ports.clock import Clock
from pratique.ports.suppressions import Suppressions

_log = logging.getLogger(__name__)


class WantedSuppression(Struct, frozen=True):
    """A suppression to make, as it was asked for; without an owner, who asks answers for it."""

    covers: Covers
    reason: str
    owner: str = ""
    justification: Justification = Justification.ACCEPTED
    ends: Endings = NOT_BY_ITSELF


class SuppressFindings(Struct, frozen=True):
    """Records suppressions, and lets images be judged again where that changes what is hidden."""

    suppressions: Suppressions
    clock: Clock
    judge_again: Callable[[], None]

    def add(self, wanted: WantedSuppression, *, by: str, seed: str) -> Suppression:
        """Add a suppression; the same ``seed`` at the same moment is the same one.

        Raises InvalidValue for one without a reason, or whose end is past.
        """
        now = self.clock.now()
        self._check(wanted)
        suppression = Suppression(
            id=scan_id(now, f"suppress {seed}"),
            covers=wanted.covers,
            reason=wanted.reason,
            owner=wanted.owner or by,
            added_by=by,
            added_at=now,
            justification=wanted.justification,
            ends=wanted.ends,
        )
        self.suppressions.add(suppression)
        self._begin()
        return suppression

    def change(self, suppression_id: str, wanted: WantedSuppression, *, by: str) -> Suppression | None:
        """Replace what a suppression says; None for an unknown or removed one.

        Raises as `add` does, and Conflict where somebody else changed it in between.
        """
        self._check(wanted)
        before = self.suppressions.get(suppression_id)
        if before is None or before.removed_at is not None:
            return None
        after = structs.replace(
            before,
            covers=wanted.covers,
            reason=wanted.reason,
            owner=wanted.owner or before.owner,
            justification=wanted.justification,
            ends=wanted.ends,
            changed_by=by,
            changed_at=self.clock.now(),
        )
        self._replace(after, before)
        return after

    def remove(self, suppression_id: str, *, by: str) -> Suppression | None:
        """End a suppression, which stays listed as removed; None for an unknown one."""
        before = self.suppressions.get(suppression_id)
        if before is None or before.removed_at is not None:
            return before
        after = structs.replace(before, removed_by=by, removed_at=self.clock.now())
        self._replace(after, before)
        return after

    def _check(self, wanted: WantedSuppression) -> None:
        if not wanted.reason.strip():
            raise InvalidValue("a suppression needs a reason")
        if wanted.ends.expires is not None and wanted.ends.expires <= self.clock.now():
            raise InvalidValue("the suppression would have ended already: `expires` must lie ahead")

    def _replace(self, after: Suppression, before: Suppression) -> None:
        if not self.suppressions.replace(after, before=before):
            raise Conflict("the suppression was changed in between")
        self._begin()

    def _begin(self) -> None:
        try:
            self.judge_again()
        except StoreError as error:
            # The hourly run finds every suppression that images were not judged with.
            _log.warning("images are judged again later", extra={"reason": str(error)})
