"""What a VEX document comes to: the statements that hide something, and those that do not, each with its reason.

A statement hides no more than it says.  One that cannot be narrowed to a package or an image hides nothing, and neither
does one that a later statement about the same package contradicts.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from msgspec import Struct
from packageurl import PackageURL

from pratique.model.suppression import Covers, Justification, VexDocument

LONGEST_REASON = 1000

NotAffectedBecause = Literal[
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
]
"""The words that OpenVEX and CSAF have for why a product is not affected: https://www.cisa.gov/sbom (VEX Status
Justifications)."""


class VexFormat(StrEnum):
    """The formats that are read."""

    OPENVEX = "openvex"
    CSAF = "csaf"
    CYCLONEDX = "cyclonedx"


class Status(StrEnum):
    """The four answers that every VEX format has: https://www.cisa.gov/sbom (Minimum Requirements for VEX)."""

    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    AFFECTED = "affected"
    UNDER_INVESTIGATION = "under_investigation"

    @property
    def hides(self) -> bool:
        """Whether a finding may be hidden for it."""
        return self in (Status.NOT_AFFECTED, Status.FIXED)


class Claim(Struct, frozen=True):
    """One status of one product: ``place`` is a JSON path, ``why`` the author's explanation, which may be empty.

    ``covers`` is a sentence where the product cannot be narrowed to a package or an image.
    """

    place: str
    status: Status
    covers: Covers | str
    justification: Justification | None = None
    why: str = ""


class Statement(Struct, frozen=True):
    """What may be hidden, and why."""

    place: str
    covers: Covers
    justification: Justification
    reason: str


class Ignored(Struct, frozen=True):
    """A statement that hides nothing, and why not."""

    place: str
    reason: str

    def __str__(self) -> str:
        """Return the place and the reason."""
        return f"{self.place}: {self.reason}"


class VexReading(Struct, frozen=True):
    """A document, what it hides and what it does not."""

    format: VexFormat
    document: VexDocument
    statements: tuple[Statement, ...]
    ignored: tuple[Ignored, ...]


def cautious(claims: Iterable[Claim]) -> list[Claim]:
    """Return claims that no time orders: what hides nothing is last, so that it counts where a document says both."""
    return sorted(claims, key=lambda claim: not claim.status.hides)


def settle(form: VexFormat, document: VexDocument, claims: Iterable[Claim]) -> VexReading:
    """Return what claims come to; of those about one vulnerability and product the last one counts."""
    ordered = list(claims)
    hiding: dict[Covers, tuple[int, Claim]] = {}
    against: dict[tuple[str, str], list[tuple[int, Claim, Covers]]] = {}
    ignored = []
    for number, claim in enumerate(ordered):
        why = _hides_nothing(claim)
        if why:
            ignored.append(Ignored(claim.place, why))
        if isinstance(claim.covers, str):
            continue
        if not claim.status.hides:
            against.setdefault(_subject(claim.covers), []).append((number, claim, claim.covers))
        elif not why:
            hiding[claim.covers] = (number, claim)
    statements = []
    for covers, (number, claim) in hiding.items():
        found = _contradiction(covers, number, against)
        if found:
            ignored.append(Ignored(claim.place, f"contradicted by {found.place}, which says {found.status}"))
        else:
            statements.append(_statement(claim, covers, document))
    return VexReading(form, document, tuple(statements), tuple(ignored))


def _hides_nothing(claim: Claim) -> str:
    if not claim.status.hides:
        return f"status {claim.status}"
    if isinstance(claim.covers, str):
        return claim.covers
    if claim.status is Status.NOT_AFFECTED and not (claim.justification or claim.why.strip()):
        return "not_affected without a justification or an impact statement"
    package = claim.covers.package
    if claim.status is Status.FIXED and package and not claim.covers.digest:
        return (
            ""
            if PackageURL.from_string(package).version
            else "fixed, but the package URL does not say in which version"
        )
    return ""


def _subject(covers: Covers) -> tuple[str, str]:
    """Return flaw and package, whatever its version: claims about other ones do not touch each other."""
    package = PackageURL.from_string(covers.package) if covers.package else None
    return covers.vulnerability, f"{package.type}/{package.namespace}/{package.name}" if package else ""


def _contradiction(
    covers: Covers, number: int, against: dict[tuple[str, str], list[tuple[int, Claim, Covers]]]
) -> Claim | None:
    """Return a later claim of the opposite about something that these cover too."""
    flaw, package = _subject(covers)
    near = against.get((flaw, package), []) + (against.get((flaw, ""), []) if package else [])
    if not package:
        near = [one for (name, _), claims in against.items() if name == flaw for one in claims]
    for later, claim, other in near:
        if later > number and _overlap(covers, other):
            return claim
    return None


def _overlap(one: Covers, other: Covers) -> bool:
    if one.digest and other.digest and one.digest != other.digest:
        return False
    versions = [PackageURL.from_string(each.package).version for each in (one, other) if each.package]
    known = {version for version in versions if version}
    return len(known) < 2  # noqa: PLR2004 - two versions are two packages


def _statement(claim: Claim, covers: Covers, document: VexDocument) -> Statement:
    justification = claim.justification or Justification(claim.status.value)
    reason = claim.why.strip() or f"{document.author or 'the document'}: {claim.status}"
    return Statement(claim.place, covers, justification, reason[:LONGEST_REASON])
