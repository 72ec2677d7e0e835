"""OpenVEX documents as suppressions: what an author states not to be affected, or fixed.

https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
A statement hides no more than it says: what cannot be narrowed to a package or an image is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from packageurl import PackageURL

from pratique.errors import InvalidValue
from pratique.model.suppression import Covers, Justification, Suppression

_CONTEXT = "https://openvex.dev/ns"


class _Identifiers(msgspec.Struct):
    purl: str = ""


class _Component(msgspec.Struct):
    id: str = msgspec.field(default="", name="@id")
    identifiers: _Identifiers = msgspec.field(default_factory=_Identifiers)


class _Product(_Component):
    subcomponents: list[_Component] = []


class _Vulnerability(msgspec.Struct):
    name: str


class _Statement(msgspec.Struct):
    vulnerability: _Vulnerability
    status: Literal["not_affected", "affected", "fixed", "under_investigation"]
    products: list[_Product] = []
    timestamp: datetime | None = None
    justification: (
        Literal[
            "component_not_present",
            "vulnerable_code_not_present",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "inline_mitigations_already_exist",
        ]
        | None
    ) = None
    impact_statement: str = ""
    status_notes: str = ""


class _Document(msgspec.Struct):
    context: str = msgspec.field(name="@context")
    author: str
    timestamp: datetime
    statements: list[_Statement]


@dataclass(frozen=True, slots=True)
class VexReading:
    """What a document says: ``ignored`` are the places of statements that hide nothing, each with its reason."""

    suppressions: tuple[Suppression, ...]
    ignored: tuple[str, ...]


def read_openvex(path: Path, now: datetime) -> VexReading:
    """Return the suppressions of a document; raises InvalidValue, with file and place, for what is no OpenVEX.

    Of statements about one vulnerability and product the latest counts, as the specification has it.
    """
    document = _document(path)
    latest: dict[Covers, tuple[int, _Statement]] = {}
    ignored = []
    for number, statement in sorted(enumerate(document.statements), key=lambda each: _moment(each[1], document)):
        for covers in _covered(statement):
            if isinstance(covers, str):
                ignored.append(f"$.statements[{number}]: {covers}")
            else:
                latest[covers] = (number, statement)
    made = []
    for index, (covers, (number, statement)) in enumerate(latest.items(), 1):
        why = _hides_nothing(statement, covers)
        if why:
            ignored.append(f"$.statements[{number}]: {why}")
            continue
        reason = statement.impact_statement or statement.status_notes or f"{document.author}: {statement.status}"
        justification = Justification(statement.justification or statement.status)
        name = f"{path.name}#{index}"
        made.append(Suppression(name, covers, reason, document.author, document.author, now, justification))
    return VexReading(tuple(made), tuple(ignored))


def _document(path: Path) -> _Document:
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise InvalidValue(f"{path}: {error}") from error
    if not document.context.startswith(_CONTEXT):
        raise InvalidValue(f"{path}: `@context` is not {_CONTEXT}: no OpenVEX document - at `$.@context`")
    for number, statement in enumerate(document.statements):
        if _moment(statement, document).tzinfo is None:
            raise InvalidValue(f"{path}: a timestamp without time zone - at `$.statements[{number}]`")
        if not statement.vulnerability.name.strip():
            raise InvalidValue(f"{path}: an empty name - at `$.statements[{number}].vulnerability.name`")
    return document


def _moment(statement: _Statement, document: _Document) -> datetime:
    return statement.timestamp or document.timestamp


def _hides_nothing(statement: _Statement, covers: Covers) -> str:
    match statement.status:
        case "affected" | "under_investigation":
            return f"status {statement.status}"
        case "not_affected" if not (statement.justification or statement.impact_statement.strip()):
            return "not_affected without a justification or an impact statement"
        case "fixed" if covers.package and not covers.digest and not PackageURL.from_string(covers.package).version:
            return "fixed, but the package URL does not say in which version"
        case _:
            return ""


def _covered(statement: _Statement) -> Iterator[Covers | str]:
    """Yield what each product narrows the statement to, or why it cannot."""
    if not statement.products:
        yield "names no product"
    flaw = statement.vulnerability.name
    for product in statement.products:
        purl = _purl(product)
        if purl is None:
            yield "the product has no package URL"
        elif purl.type != "oci":
            whole = "the product is a package with subcomponents, which are not all there is of them"
            yield whole if product.subcomponents else Covers(vulnerability=flaw, package=purl.to_string())
        elif not purl.version:
            yield "the image is named without its digest"
        elif not product.subcomponents:
            yield Covers(vulnerability=flaw, digest=purl.version)
        else:
            for part in map(_purl, product.subcomponents):
                found = part and Covers(vulnerability=flaw, package=part.to_string(), digest=purl.version)
                yield found or "a subcomponent has no package URL"


def _purl(component: _Component) -> PackageURL | None:
    try:
        return PackageURL.from_string(component.identifiers.purl or component.id)
    except ValueError:
        return None
