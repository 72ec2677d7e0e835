"""A policy: what an image may hold and must have been scanned for.  What is left out is not asked."""

from __future__ import annotations

from msgspec import Struct

from pratique.model.coverage import ScanStatus
from pratique.model.sample import Level
from pratique.model.severity import Priority


class Policy(Struct, frozen=True):
    """Rules, each of which can fail an image.

    ``priority``: a vulnerability of this priority or a higher one.  ``known_exploited``: one that CISA lists.
    ``fix_days``: one with a fix that was told of longer ago than this many days.  ``samples``: a malicious sample of
    this level or a worse one.  ``licenses_not``: globs of licences of packages.  ``status``: how a scan may have ended,
    any other way fails.  ``advisory_days``: advisories older than this many days, or of unknown age.
    """

    priority: Priority | None = None
    known_exploited: bool = False
    fix_days: int | None = None
    samples: Level | None = None
    licenses_not: tuple[str, ...] = ()
    status: tuple[ScanStatus, ...] = ()
    advisory_days: int | None = None


class Verdict(Struct, frozen=True):
    """Whether an image passes, and every reason why it does not."""

    reasons: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether no rule fails it."""
        return not self.reasons
