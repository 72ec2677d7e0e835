"""An inventory as a CycloneDX 1.6 bill of materials, with paths and layers as component properties.

With a scan's report it names the vulnerabilities and malicious samples too.

https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from pratique import __version__
from pratique.model.distribution import Distribution
from pratique.model.finding import ImageReport, PackageFinding, VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.model.sample import ImageSample
from pratique.model.suppression import Suppression
from pratique.reports.cyclonedx_analysis import analysis_of
from pratique.reports.cyclonedx_samples import sample_components, sample_properties
from pratique.reports.inventory_facts import PREFIX, image_facts, in_order, package_facts
from pratique.reports.purl import image_purl, purl_of
from pratique.reports.serial_number import serial_number

if TYPE_CHECKING:
    from cyclonedx.model import Property
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component
    from cyclonedx.model.vulnerability import Vulnerability


def cyclonedx_json(
    image: Image, inventory: ImageInventory, *, now: datetime.datetime, report: ImageReport | None = None
) -> bytes:
    """Return the bill of materials as indented UTF-8 JSON, with what ``report`` found, stamped with ``now``."""
    from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415 - only this report pays for its import

    samples = {sample.sha256: sample for sample in report.samples} if report else {}
    # A scan may not have judged what the inventory has read: its gaps are the scan's.
    seen = structs.replace(inventory, reasons=report.coverage.reasons) if report else inventory
    bom = _bom(image, seen, now, samples)
    bom.serial_number = serial_number(image.digest)
    known = {one.id: one for one in report.suppressions} if report else {}
    for finding in report.vulnerabilities if report else ():
        bom.vulnerabilities.update(_vulnerabilities(finding, inventory, known))
    return JsonV1Dot6(bom).output_as_string(indent=2).encode() + b"\n"


def _bom(image: Image, inventory: ImageInventory, now: datetime.datetime, samples: Mapping[str, ImageSample]) -> Bom:
    from cyclonedx.model.bom import Bom, BomMetaData  # noqa: PLC0415 - see above
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415 - see above
    from packageurl import PackageURL  # noqa: PLC0415 - see above

    subject = Component(
        type=ComponentType.CONTAINER,
        name=image.reference,
        version=image.digest,
        bom_ref=image.digest,
        purl=PackageURL.from_string(image_purl(image)),
        properties=_properties(image_facts(image, inventory)),
    )
    tool = Component(type=ComponentType.APPLICATION, name="pratique", version=__version__)
    components = [*_components(image, inventory, samples), *sample_components(samples, image)]
    bom = Bom(components=components, metadata=BomMetaData(timestamp=now, component=subject))
    bom.metadata.tools.components.add(tool)
    # Package databases do not say as a whole what depends on what; that the image holds all of it is known.
    bom.register_dependency(subject, components)
    return bom


def _components(image: Image, inventory: ImageInventory, samples: Mapping[str, ImageSample]) -> Iterator[Component]:
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415 - see above

    if inventory.distribution is not None:
        known = inventory.distribution
        yield Component(
            type=ComponentType.OPERATING_SYSTEM,
            name=known.id,
            version=known.version or None,
            description=known.name or None,
            bom_ref="operating-system",
        )
    packages = {sample.purl: sample for sample in samples.values() if sample.purl}
    for reference, installed in _referenced(inventory):
        sample = packages.get(purl_of(installed, None))
        more = sample_properties(sample, image) if sample else ()
        yield _component(installed, image, inventory.distribution, reference, more)


def _referenced(inventory: ImageInventory) -> Iterator[tuple[str, InstalledPackage]]:
    """Yield the packages in a lasting order, each with its reference in the document."""
    return ((f"package-{index}", installed) for index, installed in enumerate(in_order(inventory.packages)))


def _component(
    installed: InstalledPackage,
    image: Image,
    distribution: Distribution | None,
    reference: str,
    more: Iterable[Property],
) -> Component:
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415 - see above
    from cyclonedx.model.license import DisjunctiveLicense  # noqa: PLC0415 - see above
    from packageurl import PackageURL  # noqa: PLC0415 - see above

    package = installed.package
    purl = purl_of(installed, distribution)
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version or None,
        purl=PackageURL.from_string(purl) if purl else None,
        bom_ref=reference,
        licenses=[DisjunctiveLicense(name=text) for text in package.licenses],
        properties=[*_properties(package_facts(installed, image)), *more],
    )


def _vulnerabilities(
    finding: VulnerabilityFinding, inventory: ImageInventory, known: Mapping[str, Suppression]
) -> Iterator[Vulnerability]:
    """Yield the finding once for its open packages and once for each suppression: an analysis is of a whole entry."""
    groups: dict[str, list[PackageFinding]] = {}
    for item in finding.packages:
        groups.setdefault(item.suppressed_by, []).append(item)
    for number, name in enumerate(sorted(groups)):
        reference = f"vulnerability-{finding.vulnerability.id}" + (f"-{number}" if number else "")
        yield _vulnerability(finding, groups[name], inventory, reference=reference, suppression=known.get(name))


def _vulnerability(
    finding: VulnerabilityFinding,
    packages: Iterable[PackageFinding],
    inventory: ImageInventory,
    *,
    reference: str,
    suppression: Suppression | None,
) -> Vulnerability:
    from cyclonedx.model import XsUri  # noqa: PLC0415 - see above
    from cyclonedx.model.vulnerability import (  # noqa: PLC0415 - see above
        BomTarget,
        Vulnerability,
        VulnerabilityAdvisory,
        VulnerabilityRating,
        VulnerabilitySeverity,
        VulnerabilitySource,
    )

    flaw = finding.vulnerability
    affected = {item.installed for item in packages}
    fixes = sorted({item.fixed_version for item in packages if item.fixed_version})
    hidden = dict.fromkeys(item.suppressed_by for item in packages if item.suppressed_by)
    severities = {**{word.value: word for word in VulnerabilitySeverity}, "negligible": VulnerabilitySeverity.INFO}
    return Vulnerability(
        bom_ref=reference,
        id=flaw.id,
        description=flaw.description or flaw.title or None,
        ratings=[
            VulnerabilityRating(
                source=VulnerabilitySource(name=flaw.severity_source or "pratique"),
                severity=severities[flaw.severity.value],
            )
        ],
        recommendation=f"Update to {', '.join(fixes)}" if fixes else None,
        advisories=[VulnerabilityAdvisory(url=XsUri(address)) for address in flaw.references],
        analysis=analysis_of(suppression) if suppression else None,
        affects=[BomTarget(ref=ref) for ref, installed in _referenced(inventory) if installed in affected],
        properties=[
            _property("category", finding.category.value),
            _property("priority", finding.priority.value),
            *(_property("suppressed_by", one) for one in hidden),
        ],
    )


def _properties(facts: Iterable[tuple[str, str]]) -> list[Property]:
    return [_property(name, value) for name, value in facts]


def _property(name: str, value: str) -> Property:
    from cyclonedx.model import Property  # noqa: PLC0415 - see above

    return Property(name=PREFIX + name, value=value)
