"""OpenVEX documents.

https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from packageurl import PackageURL

from pratique.errors import InvalidValue
from pratique.model.suppression import Covers, Justification, VexDocument
from pratique.vex.products import NO_URL, covered, covered_part, package_url
from pratique.vex.reading import Claim, NotAffectedBecause, Status, VexFormat, VexReading, settle

CONTEXT = "https://openvex.dev/ns"


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
    status: Status
    products: list[_Product] = []
    timestamp: datetime | None = None
    justification: NotAffectedBecause | None = None
    impact_statement: str = ""
    status_notes: str = ""


class _Document(msgspec.Struct):
    context: str = msgspec.field(name="@context")
    author: str
    timestamp: datetime
    statements: list[_Statement]
    id: str = msgspec.field(default="", name="@id")
    version: int | str = ""
    last_updated: datetime | None = None


def read_openvex(body: bytes) -> VexReading:
    """Return what an OpenVEX document comes to; raises InvalidValue, with the place, for what is none.

    Of statements about one vulnerability and product the latest counts, as the specification has it.
    """
    document = msgspec.json.decode(body, type=_Document)
    _check(document)
    numbered = sorted(enumerate(document.statements), key=lambda each: _moment(each[1], document))
    claims = [
        Claim(
            f"$.statements[{number}]",
            statement.status,
            covers,
            Justification(statement.justification) if statement.justification else None,
            statement.impact_statement or statement.status_notes,
        )
        for number, statement in numbered
        for covers in _covered(statement)
    ]
    issued = document.last_updated or document.timestamp
    named = VexDocument(document.id, document.author, str(document.version), issued)
    return settle(VexFormat.OPENVEX, named, claims)


def _check(document: _Document) -> None:
    for number, statement in enumerate(document.statements):
        if _moment(statement, document).tzinfo is None:
            raise InvalidValue(f"a timestamp without time zone - at `$.statements[{number}]`")
        if not statement.vulnerability.name.strip():
            raise InvalidValue(f"an empty name - at `$.statements[{number}].vulnerability.name`")
    if (document.last_updated or document.timestamp).tzinfo is None:
        raise InvalidValue("a timestamp without time zone - at `$.timestamp`")


def _moment(statement: _Statement, document: _Document) -> datetime:
    return statement.timestamp or document.timestamp


def _covered(statement: _Statement) -> Iterator[Covers | str]:
    """Yield what each product narrows the statement to, or why it cannot."""
    if not statement.products:
        yield "names no product"
    flaw = statement.vulnerability.name
    for product in statement.products:
        purl = _purl(product)
        if purl is None:
            yield NO_URL
        elif not product.subcomponents:
            yield covered(flaw, purl)
        else:
            for part in product.subcomponents:
                named = _purl(part)
                yield covered_part(flaw, purl, named) if named else "a subcomponent has no package URL"


def _purl(component: _Component) -> PackageURL | None:
    return package_url(component.identifiers.purl or component.id)
