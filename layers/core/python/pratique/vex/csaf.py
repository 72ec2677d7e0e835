"""CSAF 2.0 documents of the VEX profile.

https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html (4.5, Profile 5: VEX)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from pratique.errors import InvalidValue
from pratique.model.suppression import Justification, VexDocument
from pratique.vex.csaf_products import Products, ProductTree, products_of
from pratique.vex.reading import Claim, NotAffectedBecause, Status, VexFormat, VexReading, cautious, settle

_VERSION, _CATEGORY = "2.0", "csaf_vex"
_STATUSES: Mapping[str, Status] = {
    "known_not_affected": Status.NOT_AFFECTED,
    "fixed": Status.FIXED,
    "first_fixed": Status.FIXED,
    "known_affected": Status.AFFECTED,
    "first_affected": Status.AFFECTED,
    "last_affected": Status.AFFECTED,
    "under_investigation": Status.UNDER_INVESTIGATION,
}


class _Publisher(msgspec.Struct):
    name: str


class _Tracking(msgspec.Struct):
    id: str
    version: str
    current_release_date: datetime


class _Head(msgspec.Struct):
    csaf_version: str
    category: str
    publisher: _Publisher
    tracking: _Tracking


class _About(msgspec.Struct):
    product_ids: list[str] = []
    group_ids: list[str] = []


class _Flag(_About, kw_only=True):
    label: NotAffectedBecause


class _Told(_About, kw_only=True):
    category: str
    details: str


class _OtherId(msgspec.Struct):
    text: str


class _ProductStatus(msgspec.Struct):
    known_not_affected: list[str] = []
    fixed: list[str] = []
    first_fixed: list[str] = []
    known_affected: list[str] = []
    first_affected: list[str] = []
    last_affected: list[str] = []
    under_investigation: list[str] = []


class _Vulnerability(msgspec.Struct):
    product_status: _ProductStatus = msgspec.field(default_factory=_ProductStatus)
    cve: str = ""
    ids: list[_OtherId] = []
    flags: list[_Flag] = []
    threats: list[_Told] = []
    remediations: list[_Told] = []


class _Document(msgspec.Struct):
    document: _Head
    product_tree: ProductTree
    vulnerabilities: list[_Vulnerability]


def read_csaf(body: bytes) -> VexReading:
    """Return what a CSAF VEX document comes to; raises InvalidValue, with the place, for what is none."""
    document = msgspec.json.decode(body, type=_Document)
    head = document.document
    if head.csaf_version != _VERSION:
        raise InvalidValue(f"CSAF {head.csaf_version} is not read, only {_VERSION} - at `$.document.csaf_version`")
    if head.category != _CATEGORY:
        raise InvalidValue(f"the category is {head.category!r}: only {_CATEGORY} is read - at `$.document.category`")
    if head.tracking.current_release_date.tzinfo is None:
        raise InvalidValue("a time without time zone - at `$.document.tracking.current_release_date`")
    products = products_of(document.product_tree)
    claims = [
        claim for number, flaw in enumerate(document.vulnerabilities) for claim in _claims(number, flaw, products)
    ]
    tracking = head.tracking
    named = VexDocument(tracking.id, head.publisher.name, tracking.version, tracking.current_release_date)
    return settle(VexFormat.CSAF, named, cautious(claims))


def _claims(number: int, flaw: _Vulnerability, products: Products) -> Iterator[Claim]:
    name = flaw.cve or next((other.text for other in flaw.ids if other.text.strip()), "")
    for word, status in _STATUSES.items():
        for index, product_id in enumerate(getattr(flaw.product_status, word)):
            place = f"$.vulnerabilities[{number}].product_status.{word}[{index}]"
            covers = products.covered(name, product_id, status) if name else "the vulnerability has neither cve nor ids"
            flag = next((one for one in flaw.flags if _is_about(one, product_id, products)), None)
            justification = Justification(flag.label) if flag and status is Status.NOT_AFFECTED else None
            yield Claim(place, status, covers, justification, _why(flaw, status, product_id, products))


def _why(flaw: _Vulnerability, status: Status, product_id: str, products: Products) -> str:
    told = flaw.threats if status is Status.NOT_AFFECTED else flaw.remediations
    wanted = "impact" if status is Status.NOT_AFFECTED else "vendor_fix"
    about = (one.details for one in told if one.category == wanted and _is_about(one, product_id, products))
    return next(about, "")


def _is_about(one: _About, product_id: str, products: Products) -> bool:
    """Whether something is said of a product, by its id or by that of a group that it is in."""
    return product_id in one.product_ids or any(product_id in products.groups.get(group, ()) for group in one.group_ids)
