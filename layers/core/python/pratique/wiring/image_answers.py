"""Answering about one stored image."""

from __future__ import annotations

from pratique.services.check_image import CheckImage
from pratique.services.compare_images import CompareImages
from pratique.services.explain_image import ExplainImage
from pratique.services.host_findings import HostFindings
from pratique.services.image_bill import ImageBill
from pratique.services.image_inventories import ImageInventories
from pratique.services.image_layers import ImageLayers
from pratique.services.past_findings import PastFindings
from pratique.services.plan_image import PlanImage
from pratique.services.report_image import ReportImage
from pratique.wiring.advisory_databases import database
from pratique.wiring.stores import clock, objects, stores


def explain_image(as_of: str = "") -> ExplainImage:
    """Return what explains a stored image, on the present advisory database or on a kept one of ``as_of``."""
    kept = stores()
    return ExplainImage(kept.findings, ImageInventories(objects()), database(as_of))


def past_findings(as_of: str) -> PastFindings:
    """Return what matches a stored image with the advisories of ``as_of``."""
    kept = stores()
    return PastFindings(kept.findings, ImageInventories(objects()), database(as_of))


def plan_image() -> PlanImage:
    """Return what plans the fixes of a stored image, on the present advisory database."""
    return PlanImage(stores().findings, objects(), database())


def host_findings() -> HostFindings:
    """Return what lists a stored image's host-only vulnerabilities, on the present advisory database."""
    kept = stores()
    return HostFindings(kept.findings, ImageInventories(objects()), database())


def image_layers() -> ImageLayers:
    """Return what tells of a stored image's layers, on the present advisory database."""
    return ImageLayers(stores().findings, objects(), database())


def image_bill() -> ImageBill:
    """Return what reads a stored image for a bill of materials; it needs no advisories."""
    return ImageBill(stores().findings, objects())


def report_image(as_of: str = "") -> ReportImage:
    """Return what reports on a stored image, on the present advisory database or on a kept one of ``as_of``."""
    kept = stores()
    return ReportImage(kept.findings, objects(), database(as_of), clock(), kept.allow_list, kept.suppressions)


def compare_images() -> CompareImages:
    """Return what compares stored images, or one image at two times."""
    return CompareImages(stores().findings, report_image)


def check_image() -> CheckImage:
    """Return what asks a stored image a policy, on the present advisory database."""
    return CheckImage(stores().findings, report_image(), clock())
