"""An inventory as an SPDX 2.3 document: the image, its layers, and the packages that each layer brought.

A layer is a package of its own that contains others; what SPDX has no words for stands in annotations, a line for each.

https://spdx.github.io/spdx-spec/v2.3/
"""

from __future__ import annotations

import datetime
import functools
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pratique import __version__
from pratique.model.image import Image, Layer
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.reports.inventory_facts import PREFIX, image_facts, in_order, package_facts
from pratique.reports.printable import printable
from pratique.reports.purl import image_purl, purl_of
from pratique.reports.serial_number import serial_number

if TYPE_CHECKING:
    from license_expression import LicenseExpression
    from spdx_tools.spdx.model import Actor, Annotation, Document, ExternalPackageRef, Package, Relationship

# What an expression can be made of; the parser is not asked about other texts, which come out of images.
_LICENSE = re.compile(r"[A-Za-z0-9.+() -]{1,1000}")
_DOCUMENT, _IMAGE, _SYSTEM = "SPDXRef-DOCUMENT", "SPDXRef-Image", "SPDXRef-OperatingSystem"


def spdx_json(image: Image, inventory: ImageInventory, *, now: datetime.datetime) -> bytes:
    """Return the document as indented UTF-8 JSON, stamped with ``now``."""
    from spdx_tools.spdx.writer.json.json_writer import (  # noqa: PLC0415 - only this report pays for its import
        write_document_to_stream,
    )

    text = io.StringIO()
    # The document is valid by construction, which the tests check: checking it each time would double the cost.
    write_document_to_stream(spdx_document(image, inventory, now=now), text, validate=False)
    return text.getvalue().encode() + b"\n"


def spdx_document(image: Image, inventory: ImageInventory, *, now: datetime.datetime) -> Document:
    """Return the document in the library's own model."""
    from spdx_tools.spdx.model import Actor, ActorType, CreationInfo, Document  # noqa: PLC0415 - see above

    tool = Actor(ActorType.TOOL, f"pratique-{__version__}")
    # The library writes moments without a zone as UTC.
    moment = now.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    ordered = enumerate(in_order(inventory.packages))
    named = [(f"SPDXRef-Package-{number}", installed) for number, installed in ordered]
    return Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id=_DOCUMENT,
            name=printable(image.reference),
            document_namespace=serial_number(f"spdx {image.digest}").urn,
            creators=[tool],
            created=moment,
        ),
        packages=[
            _image(image),
            *_system(inventory),
            *(_layer(layer) for layer in image.layers),
            *(_package(reference, installed, inventory) for reference, installed in named),
        ],
        annotations=[
            _annotation(_IMAGE, image_facts(image, inventory), tool, moment),
            *(_annotation(reference, package_facts(installed, image), tool, moment) for reference, installed in named),
        ],
        relationships=list(_relationships(image, inventory, named)),
    )


def _image(image: Image) -> Package:
    from spdx_tools.spdx.model import Package, PackagePurpose, SpdxNoAssertion  # noqa: PLC0415 - see above

    return Package(
        spdx_id=_IMAGE,
        name=printable(image.reference),
        version=image.digest,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        external_references=_urls(image_purl(image)),
        primary_package_purpose=PackagePurpose.CONTAINER,
    )


def _system(inventory: ImageInventory) -> Iterator[Package]:
    from spdx_tools.spdx.model import Package, PackagePurpose, SpdxNoAssertion  # noqa: PLC0415 - see above

    known = inventory.distribution
    if known is not None:
        yield Package(
            spdx_id=_SYSTEM,
            name=printable(known.id),
            version=printable(known.version) or None,
            download_location=SpdxNoAssertion(),
            files_analyzed=False,
            description=printable(known.name) or None,
            primary_package_purpose=PackagePurpose.OPERATING_SYSTEM,
        )


def _layer(layer: Layer) -> Package:
    from spdx_tools.spdx.model import (  # noqa: PLC0415 - see above
        Checksum,
        ChecksumAlgorithm,
        Package,
        PackagePurpose,
        SpdxNoAssertion,
    )

    algorithm, _, digest = layer.digest.partition(":")
    return Package(
        spdx_id=_layer_id(layer),
        name=layer.diff_id,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        checksums=[Checksum(ChecksumAlgorithm[algorithm.upper()], digest)],
        comment=printable(layer.created_by) or None,
        primary_package_purpose=PackagePurpose.ARCHIVE,
    )


def _layer_id(layer: Layer) -> str:
    return f"SPDXRef-Layer-{layer.index}"


def _package(reference: str, installed: InstalledPackage, inventory: ImageInventory) -> Package:
    from spdx_tools.spdx.model import Package, PackagePurpose, SpdxNoAssertion  # noqa: PLC0415 - see above

    package = installed.package
    declared = _declared(package.licenses)
    stated = printable("; ".join(text for text in package.licenses if text.strip()))
    return Package(
        spdx_id=reference,
        name=printable(package.name) or "NOASSERTION",
        version=printable(package.version) or None,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        license_declared=SpdxNoAssertion() if declared is None else declared,
        license_comment=f"stated as: {stated}" if stated and declared is None else None,
        external_references=_urls(purl_of(installed, inventory.distribution)),
        primary_package_purpose=PackagePurpose.LIBRARY,
    )


@functools.lru_cache(maxsize=4096)
def _declared(licenses: tuple[str, ...]) -> LicenseExpression | None:
    """Return the licences as one expression, None where any of them is none that SPDX's list has."""
    # An expression has no truth value.
    known = [expression for text in licenses if (expression := _expression(text)) is not None]
    if not known or len(known) < len(licenses):
        return None
    return known[0] if len(known) == 1 else _expression(" AND ".join(f"({one})" for one in known))


def _expression(text: str) -> LicenseExpression | None:
    from boolean import ParseError  # noqa: PLC0415 - see above
    from license_expression import ExpressionError  # noqa: PLC0415 - see above
    from spdx_tools.common.spdx_licensing import spdx_licensing  # noqa: PLC0415 - see above

    if not _LICENSE.fullmatch(text):
        return None
    try:
        return spdx_licensing.parse(text, validate=True, strict=True)
    except (ExpressionError, ParseError, IndexError):  # the last one for brackets that do not match
        return None


def _urls(purl: str) -> list[ExternalPackageRef]:
    from spdx_tools.spdx.model import ExternalPackageRef, ExternalPackageRefCategory  # noqa: PLC0415 - see above

    return [ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", purl)] if purl else []


def _annotation(reference: str, facts: Iterable[tuple[str, str]], tool: Actor, moment: datetime.datetime) -> Annotation:
    from spdx_tools.spdx.model import Annotation, AnnotationType  # noqa: PLC0415 - see above

    lines = "\n".join(f"{PREFIX}{name}={printable(value)}" for name, value in facts)
    return Annotation(reference, AnnotationType.OTHER, tool, moment, lines)


def _relationships(
    image: Image, inventory: ImageInventory, named: Iterable[tuple[str, InstalledPackage]]
) -> Iterator[Relationship]:
    from spdx_tools.spdx.model import Relationship, RelationshipType  # noqa: PLC0415 - see above

    yield Relationship(_DOCUMENT, RelationshipType.DESCRIBES, _IMAGE)
    if inventory.distribution is not None:
        yield Relationship(_IMAGE, RelationshipType.CONTAINS, _SYSTEM)
    layers: dict[str, str] = {}
    for layer in image.layers:
        layers.setdefault(layer.diff_id, _layer_id(layer))
        yield Relationship(_IMAGE, RelationshipType.CONTAINS, _layer_id(layer))
    for reference, installed in named:
        owner = layers.get(installed.locations[0].layer, _IMAGE)
        yield Relationship(owner, RelationshipType.CONTAINS, reference)
