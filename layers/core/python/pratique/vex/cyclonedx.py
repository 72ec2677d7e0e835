"""CycloneDX documents whose vulnerabilities have an analysis: VEX of their own, or inside a bill of materials.

https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis and https://cyclonedx.org/capabilities/bomlink/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import unquote

import msgspec
from msgspec import Struct
from packageurl import PackageURL

from pratique.errors import InvalidValue
from pratique.model.suppression import Covers, Justification, VexDocument
from pratique.vex.products import covered, covered_part, package_url
from pratique.vex.reading import Claim, Status, VexFormat, VexReading, cautious, settle

_DIGEST = "sha256:"
_STATES: Mapping[str, Status] = {
    "not_affected": Status.NOT_AFFECTED,
    "false_positive": Status.NOT_AFFECTED,
    "resolved": Status.FIXED,
    "resolved_with_pedigree": Status.FIXED,
    "exploitable": Status.AFFECTED,
    "in_triage": Status.UNDER_INVESTIGATION,
}
# Those that the other formats have no word for stay as they are written, in the reason.
_JUSTIFICATIONS: Mapping[str, Justification] = {
    "code_not_present": Justification.VULNERABLE_CODE_NOT_PRESENT,
    "code_not_reachable": Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH,
    "protected_by_compiler": Justification.INLINE_MITIGATIONS_ALREADY_EXIST,
    "protected_at_runtime": Justification.INLINE_MITIGATIONS_ALREADY_EXIST,
    "protected_at_perimeter": Justification.INLINE_MITIGATIONS_ALREADY_EXIST,
    "protected_by_mitigating_control": Justification.INLINE_MITIGATIONS_ALREADY_EXIST,
}
_WORDS = Literal[
    "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency", "requires_environment",
    "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control",
]  # fmt: skip


class _Component(msgspec.Struct, rename={"reference": "bom-ref"}):
    name: str = ""
    type: str = ""
    version: str = ""
    purl: str = ""
    reference: str = ""
    components: list[_Component] = []


class _Named(msgspec.Struct):
    name: str = ""


class _Metadata(msgspec.Struct):
    timestamp: datetime | None = None
    component: _Component | None = None
    authors: list[_Named] = []
    manufacturer: _Named = msgspec.field(default_factory=_Named)
    supplier: _Named = msgspec.field(default_factory=_Named)


class _Analysis(msgspec.Struct):
    state: (
        Literal["not_affected", "false_positive", "resolved", "resolved_with_pedigree", "exploitable", "in_triage"]
        | None
    ) = None
    justification: _WORDS | None = None
    detail: str = ""


class _Range(msgspec.Struct):
    version: str = ""
    range: str = ""
    status: str = "affected"


class _Affects(msgspec.Struct):
    ref: str
    versions: list[_Range] = []


class _Vulnerability(msgspec.Struct):
    id: str = ""
    analysis: _Analysis | None = None
    affects: list[_Affects] = []


class _Document(msgspec.Struct, rename={"serial": "serialNumber"}):
    serial: str = ""
    version: int = 1
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    components: list[_Component] = []
    vulnerabilities: list[_Vulnerability] = []


class _Subjects(Struct, frozen=True):
    """The components of a document by reference, and the component that the document is about."""

    components: Mapping[str, _Component]
    whole: _Component | None
    serial: str
    serials: Mapping[str, str]

    def covered(self, flaw: str, ref: str) -> Covers | str:
        """Return what is covered by a statement about a reference, or why it cannot be narrowed to it."""
        serial, reference = _split(ref)
        if serial and serial != self.serial.removeprefix("urn:uuid:"):
            return self._linked(flaw, serial, reference)
        component = self.components.get(reference)
        if component is not None and component is self.whole:
            image = _image(component)
            return covered(flaw, image) if image else "it is about the whole product, which is no image with a digest"
        purl = package_url(component.purl) if component else package_url(reference)
        if purl is None:
            return f"no component {reference!r} with a package URL"
        if self.whole is None:
            return covered(flaw, purl)
        image = _image(self.whole)
        if image is None:
            return f"it is about a part of {self.whole.name!r}, which is no image with a digest"
        return covered_part(flaw, image, purl)

    def _linked(self, flaw: str, serial: str, reference: str) -> Covers | str:
        """Answer for a component of another document, which is known where it is a report about a known image."""
        digest, purl = self.serials.get(serial), package_url(reference)
        if digest is None:
            return f"it is about a part of another document, {serial}, which is no report about this image"
        if reference == digest:
            return Covers(vulnerability=flaw, digest=digest)
        if purl is None:
            return f"{reference!r} of the other document is no package URL"
        return Covers(vulnerability=flaw, package=purl.to_string(), digest=digest)


def read_cyclonedx(body: bytes, serials: Mapping[str, str]) -> VexReading:
    """Return what the analyses of a CycloneDX document come to; raises InvalidValue, with the place, for what is none.

    ``serials`` are the digests of images whose bills of materials, known by serial number, the document may refer to.
    """
    document = msgspec.json.decode(body, type=_Document)
    metadata = document.metadata
    if metadata.timestamp is not None and metadata.timestamp.tzinfo is None:
        raise InvalidValue("a timestamp without time zone - at `$.metadata.timestamp`")
    if not any(flaw.analysis for flaw in document.vulnerabilities):
        raise InvalidValue("no vulnerability has an analysis: the document is no VEX - at `$.vulnerabilities`")
    subjects = _Subjects(
        {one.reference: one for one in _all(document.components, metadata.component) if one.reference},
        metadata.component,
        document.serial,
        serials,
    )
    authors = (*metadata.authors, metadata.manufacturer, metadata.supplier)
    author = next((one.name for one in authors if one.name), "")
    named = VexDocument(document.serial, author, str(document.version), metadata.timestamp)
    claims = [
        claim for number, flaw in enumerate(document.vulnerabilities) for claim in _claims(number, flaw, subjects)
    ]
    return settle(VexFormat.CYCLONEDX, named, cautious(claims))


def _claims(number: int, flaw: _Vulnerability, subjects: _Subjects) -> Iterator[Claim]:
    analysis = flaw.analysis
    if analysis is None or analysis.state is None:
        return
    place, status = f"$.vulnerabilities[{number}]", _STATES[analysis.state]
    if not flaw.id.strip() or not flaw.affects:
        yield Claim(place, status, "names no component" if flaw.id.strip() else "the vulnerability has no id")
    for index, affected in enumerate(flaw.affects if flaw.id.strip() else ()):
        covers = subjects.covered(flaw.id, affected.ref)
        for one in _versions(covers, affected.versions):
            yield Claim(
                f"{place}.affects[{index}]",
                status,
                one,
                _JUSTIFICATIONS.get(analysis.justification or ""),
                _why(analysis),
            )


def _why(analysis: _Analysis) -> str:
    word = analysis.justification or ""
    return analysis.detail if word in _JUSTIFICATIONS else ": ".join(part for part in (word, analysis.detail) if part)


def _versions(covers: Covers | str, versions: Iterable[_Range]) -> Iterator[Covers | str]:
    """Yield what listed versions leave of a component; the analysis is about those that are not ``unaffected``."""
    named = [one for one in versions if one.status != "unaffected"]
    if isinstance(covers, str) or not named:
        yield covers
        return
    purl = package_url(covers.package)
    for one in named:
        if purl is None or not one.version:
            yield "it is about a range of versions, which is not supported: name the version"
        else:
            exact = purl._replace(version=one.version)
            yield Covers(vulnerability=covers.vulnerability, package=exact.to_string(), digest=covers.digest)


def _split(ref: str) -> tuple[str, str]:
    """Return serial number and reference of a BOM-Link, or nothing and the reference."""
    if not ref.startswith("urn:cdx:"):
        return "", ref
    serial, _, reference = ref.removeprefix("urn:cdx:").partition("#")
    return serial.partition("/")[0], unquote(reference)


def _image(component: _Component) -> PackageURL | None:
    """Return the URL of a component that is an image with a digest."""
    purl = package_url(component.purl)
    if purl is not None and purl.type == "oci":
        return purl if purl.version else None
    if component.type == "container" and component.version.startswith(_DIGEST):
        return PackageURL("oci", None, "image", component.version)
    return None


def _all(components: Iterable[_Component], whole: _Component | None) -> Iterator[_Component]:
    """Yield every component, nested ones too, the document's own last: its reference is the one that counts."""
    waiting = [*components, *(whole.components if whole else ())]
    while waiting:
        component = waiting.pop()
        waiting += component.components
        yield component
    if whole is not None:
        yield whole
