"""What was decided about an image's findings, as an OpenVEX document that other scanners read.

Each suppressed package is a part of the image, named by digest, so a reader hides no more than is hidden here.  A
finding whose risk is accepted is affected, and says so.  Open findings are in the other reports.

https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from pratique import __version__
from pratique.errors import InvalidValue
from pratique.model.finding import ImageReport, PackageFinding, VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.suppression import Justification, Suppression
from pratique.reports.json_document import to_json
from pratique.reports.purl import image_purl, purl_of
from pratique.reports.serial_number import serial_number

_CONTEXT = "https://openvex.dev/ns/v0.2.0"
_PLAIN = frozenset({Justification.ACCEPTED, Justification.FIXED, Justification.NOT_AFFECTED})


def openvex_json(image: Image, report: ImageReport, inventory: ImageInventory, *, now: datetime.datetime) -> bytes:
    """Return the document, stamped with ``now``.

    Raises InvalidValue where nothing is suppressed: the format has no document without statements.
    """
    statements = list(_statements(image, report, inventory))
    if not statements:
        raise InvalidValue("nothing is suppressed in this image, so there is nothing for a VEX document to state")
    # The same statements make the same document; others make another one, for what was stated before is not known.
    content = hashlib.sha256(msgspec.json.encode(statements)).hexdigest()
    authors = dict.fromkeys(one.owner or one.added_by for one in report.suppressions)
    return to_json(
        {
            "@context": _CONTEXT,
            "@id": serial_number(f"openvex {image.digest} {content}").urn,
            "author": ", ".join(author for author in authors if author) or "pratique",
            "timestamp": _moment(now),
            "version": 1,
            "tooling": f"pratique {__version__}",
            "statements": statements,
        }
    )


def _statements(image: Image, report: ImageReport, inventory: ImageInventory) -> Iterator[Mapping[str, Any]]:
    known = {one.id: one for one in report.suppressions}
    for finding in sorted(report.vulnerabilities, key=lambda one: (one.priority.rank, one.vulnerability.id)):
        hidden: dict[str, list[PackageFinding]] = {}
        for item in finding.packages:
            if item.suppressed_by in known:
                hidden.setdefault(item.suppressed_by, []).append(item)
        for name, items in hidden.items():
            parts = [{"@id": purl} for item in items if (purl := purl_of(item.installed, inventory.distribution))]
            if parts:
                yield _statement(finding, known[name], image, parts)


def _statement(
    finding: VulnerabilityFinding, suppression: Suppression, image: Image, parts: Sequence[Mapping[str, str]]
) -> Mapping[str, Any]:
    flaw = finding.vulnerability
    moment = suppression.changed_at or suppression.added_at
    unique = list({part["@id"]: part for part in parts}.values())
    algorithm, _, digest = image.digest.partition(":")
    product: dict[str, Any] = {"@id": image_purl(image), "subcomponents": unique}
    if algorithm == "sha256":
        product["hashes"] = {"sha-256": digest}
    return {
        "vulnerability": {"name": flaw.id, **({"aliases": list(flaw.aliases)} if flaw.aliases else {})},
        "timestamp": _moment(moment),
        "products": [product],
        **_status(suppression),
    }


def _status(suppression: Suppression) -> Mapping[str, str]:
    why = suppression.justification
    if why is Justification.ACCEPTED:
        return {"status": "affected", "action_statement": f"The risk is accepted: {suppression.reason}"}
    if why is Justification.FIXED:
        return {"status": "fixed", "status_notes": suppression.reason}
    if why in _PLAIN:
        return {"status": "not_affected", "impact_statement": suppression.reason}
    return {"status": "not_affected", "justification": why.value, "status_notes": suppression.reason}


def _moment(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
