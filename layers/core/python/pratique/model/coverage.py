"""What a scan could and could not see.  Unknown is never clean: every gap is a reason with a code."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ScanStatus(StrEnum):
    """How a scan ended.  Only ``complete`` with no finding may be shown as clean."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


class ReasonCode(StrEnum):
    """Why something is not covered.  The words are part of the API."""

    DISTRIBUTION_UNKNOWN = "distribution_unknown"
    DISTRIBUTION_WITHOUT_DATA = "distribution_without_data"
    DISTRIBUTION_END_OF_LIFE = "distribution_end_of_life"
    ECOSYSTEM_WITHOUT_DATA = "ecosystem_without_data"
    LAYER_UNREADABLE = "layer_unreadable"
    LAYER_NOT_READ = "layer_not_read"
    LAYER_OVER_LIMIT = "layer_over_limit"
    FILE_UNREADABLE = "file_unreadable"
    FILE_OVER_LIMIT = "file_over_limit"
    ARCHIVE_DAMAGED = "archive_damaged"
    ENTRY_REFUSED = "entry_refused"
    VERSION_INCOMPARABLE = "version_incomparable"
    ADVISORIES_MISSING = "advisories_missing"
    ADVISORIES_STALE = "advisories_stale"
    ADVISORIES_STARTER = "advisories_starter"
    RULES_MISSING = "rules_missing"
    RULE_TIMED_OUT = "rule_timed_out"
    RULE_SLOW = "rule_slow"
    MALWARE_NOT_SCANNED = "malware_not_scanned"
    SCANNER_CRASHED = "scanner_crashed"
    IMAGE_UNREADABLE = "image_unreadable"


class Reason(Struct, frozen=True):
    """One gap: its code, what happened in words, and where (``layer`` is a diff ID; both may be empty)."""

    code: ReasonCode
    detail: str
    path: str = ""
    layer: str = ""


class LeftOut(StrEnum):
    """Why the malware detectors did not look at a file.

    ``not_selected`` is by design: the file is of no kind that is scanned.  ``over_limit``, ``unreadable`` and
    ``too_deep`` (an archive inside archives) are gaps, and stand among the reasons too.  ``damaged`` archives cannot be
    opened as such; whatever any reader could take out of them was scanned, so they are told of and no gap.
    """

    NOT_SELECTED = "not_selected"
    OVER_LIMIT = "over_limit"
    UNREADABLE = "unreadable"
    TOO_DEEP = "too_deep"
    DAMAGED = "damaged"


class LeftOutFiles(Struct, frozen=True):
    """How many files, and bytes, the malware detectors left out for one cause; members of archives count too."""

    why: LeftOut
    files: int
    bytes: int


class Coverage(Struct, frozen=True):
    """What one scan of one image saw.

    Sizes are bytes. ``advisory_revision`` names the advisory database, ``rules_revision`` the rule set;
    ``advisory_age_seconds`` is the age of its oldest source when the scan matched, None where unknown.  ``left_out``
    counts what the malware detectors did not look at.
    """

    distribution: str
    layers: int
    layers_read: int
    files: int
    files_scanned: int
    bytes_scanned: int
    packages: int
    advisory_revision: str
    rules_revision: str
    advisory_age_seconds: int | None = None
    reasons: tuple[Reason, ...] = ()
    left_out: tuple[LeftOutFiles, ...] = ()


# These tell of something that was looked at all the same.
_TOLD_ONLY = frozenset({ReasonCode.RULE_SLOW, ReasonCode.ARCHIVE_DAMAGED})


def status_of(coverage: Coverage) -> ScanStatus:
    """Return how a scan with this coverage ended.

    ``failed`` where no layer was read, ``unsupported`` where the distribution has no advisory data, ``partial``
    where any other reason stands: something was not read or not compared, or the advisories cannot vouch for
    what they do not name, because they are a starter set, out of date, or of a release that gets no more.
    """
    codes = {reason.code for reason in coverage.reasons}
    if ReasonCode.IMAGE_UNREADABLE in codes or (coverage.layers and not coverage.layers_read):
        return ScanStatus.FAILED
    if codes & {ReasonCode.DISTRIBUTION_WITHOUT_DATA, ReasonCode.ADVISORIES_MISSING}:
        return ScanStatus.UNSUPPORTED
    return ScanStatus.PARTIAL if codes - _TOLD_ONLY else ScanStatus.COMPLETE
