"""One source's statements: this vulnerability affects these ranges of this package.

The shape follows OSV (https://ossf.github.io/osv-schema/), to which every source is brought.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from pratique.model.severity import Rating


class FixState(StrEnum):
    """Whether a fixed version exists, as the advisory's source says."""

    FIXED = "fixed"
    NOT_FIXED = "not_fixed"
    WILL_NOT_FIX = "will_not_fix"
    UNKNOWN = "unknown"


# These two are named tuples because a look-up makes thousands of them out of rows of the database, which are tuples.
class Interval(NamedTuple):
    """Versions from ``introduced`` on (empty: from the beginning) up to an end.

    The end is ``fixed`` (not affected any more) or ``last_affected`` (still affected); with neither,
    every later version is affected.
    """

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""

    def __str__(self) -> str:
        """Return the interval as people write it: ``>= 1.2, < 1.4``."""
        parts = [f">= {self.introduced}"] if self.introduced else []
        if self.fixed:
            parts.append(f"< {self.fixed}")
        elif self.last_affected:
            parts.append(f"<= {self.last_affected}")
        return ", ".join(parts) or "every version"


class Statement(NamedTuple):
    """One ``affected`` entry of one advisory: a package of an ecosystem, its intervals and listed versions.

    ``name`` is normalised as the ecosystem compares names.  A version is affected when it lies in any interval or
    is listed in ``versions``.  ``module`` is the rpm module stream (``nodejs:18``) that it is about, or
    several between blanks, empty for none; ``architectures`` are the only ones that it is about, empty for all.
    """

    advisory: str
    ecosystem: str
    name: str
    intervals: tuple[Interval, ...]
    versions: tuple[str, ...] = ()
    fix_state: FixState = FixState.UNKNOWN
    note: str = ""
    module: str = ""
    architectures: tuple[str, ...] = ()


class Advisory(Struct, frozen=True, gc=False):
    """The text and ids of one advisory.

    Times are RFC 3339 or empty.  ``aliases`` are ids of the same flaw; ``upstream`` the flaws that a
    distribution's advisory is about; ``source`` is the name of its entry in the tuple of sources.
    """

    id: str
    source: str
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    summary: str = ""
    details: str = ""
    ratings: tuple[Rating, ...] = ()
    published: str = ""
    modified: str = ""
    withdrawn: str = ""
    references: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()


class MaliciousPackage(Struct, frozen=True):
    """What one report says of one malicious package: which versions of it, and the report's text and ids.

    Such a package is no flaw that a newer version mends: who installed it has run it.
    """

    statement: Statement
    report: Advisory


class Exploitation(Struct, frozen=True, gc=False):
    """What is known of a flaw's use: CISA's list of known exploited ones and FIRST's EPSS.

    ``epss`` and ``epss_percentile`` lie between 0 and 1; ``kev_added`` and ``kev_due`` are ISO dates, empty where
    the flaw is not listed.
    """

    kev_added: str = ""
    kev_due: str = ""
    epss: float | None = None
    epss_percentile: float | None = None

    @property
    def known_exploited(self) -> bool:
        """Whether CISA lists the flaw as exploited."""
        return bool(self.kev_added)
