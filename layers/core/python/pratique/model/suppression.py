"""Suppressions: findings that somebody decided not to act on, which ones, why, and until when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.allow_list import EntryState

_EVERYTHING = frozenset({"*", "**", "*/*", "**/*", "?*"})


class Justification(StrEnum):
    """Why a finding does not matter, in the words that VEX documents share, or that its risk is accepted.

    https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md#status-justifications
    """

    ACCEPTED = "risk_accepted"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"
    COMPONENT_NOT_PRESENT = "component_not_present"
    VULNERABLE_CODE_NOT_PRESENT = "vulnerable_code_not_present"
    VULNERABLE_CODE_NOT_IN_EXECUTE_PATH = "vulnerable_code_not_in_execute_path"
    VULNERABLE_CODE_CANNOT_BE_CONTROLLED = "vulnerable_code_cannot_be_controlled_by_adversary"
    INLINE_MITIGATIONS_ALREADY_EXIST = "inline_mitigations_already_exist"


class Covers(Struct, frozen=True):
    """Which findings: every field that is set has to fit, and one at least is set.

    ``vulnerability`` is any id of the flaw.  ``package`` is a name or a package URL (a version in it has to fit too),
    ``version`` the installed version.  ``path`` is a glob over whole paths without a leading ``/``, in which ``*``
    stays inside one folder and ``**`` does not; ``repository`` a glob over names of repositories.  ``layer`` is the
    diff ID of the layer that brought the package, ``digest`` an image manifest's.
    """

    vulnerability: str = ""
    package: str = ""
    version: str = ""
    path: str = ""
    repository: str = ""
    layer: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidValue where this would cover everything."""
        narrow = (self.vulnerability, self.package, self.path, self.layer, self.digest, self.repository)
        if all(not text or text in _EVERYTHING for text in narrow):
            raise InvalidValue("a suppression names a vulnerability, package, path, repository, layer or image")
        if self.version and not self.package:
            raise InvalidValue("a suppression with a version names the package too")


class Endings(Struct, frozen=True):
    """What ends a suppression by itself: a moment, or what becomes known of a finding that it hides.

    ``fixed``: a fixed version exists.  ``exploited``: CISA lists the flaw.  ``epss``: the score (0 to 1) reaches this
    bound.  That a package changes ends a suppression which names its ``version``.
    """

    expires: datetime | None = None
    fixed: bool = False
    exploited: bool = False
    epss: float | None = None


NOT_BY_ITSELF = Endings()
"""It ends only when somebody ends it."""


class VexDocument(Struct, frozen=True):
    """A document that states what is not affected: its own id and version, its author, and when it was issued.

    Author and id together name it through all its versions; ``issued`` is None where it does not tell.
    """

    id: str
    author: str
    version: str = ""
    issued: datetime | None = None


class Suppression(Struct, frozen=True):
    """One suppression.  ``owner`` answers for it, ``added_by`` made it; removed ones are kept.

    ``document`` is the VEX document that states it, None for what somebody decided here.
    """

    id: str
    covers: Covers
    reason: str
    owner: str
    added_by: str
    added_at: datetime
    justification: Justification = Justification.ACCEPTED
    ends: Endings = NOT_BY_ITSELF
    changed_by: str = ""
    changed_at: datetime | None = None
    removed_by: str = ""
    removed_at: datetime | None = None
    document: VexDocument | None = None

    def state(self, now: datetime) -> EntryState:
        """Return the state at a moment."""
        if self.removed_at is not None:
            return EntryState.REMOVED
        expires = self.ends.expires
        return EntryState.EXPIRED if expires is not None and expires <= now else EntryState.ACTIVE
