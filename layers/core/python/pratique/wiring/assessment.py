"""Assessing images, and matching them again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pratique.advisories.database import SqliteDatabase
from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.advisory_history import AdvisoryHistory
from pratique.services.assess_image import AssessImage
from pratique.services.check_image import CheckImage
from pratique.services.compare_images import CompareImages
from pratique.services.current_advisories import current_database, newer_database
from pratique.services.explain_image import ExplainImage
from pratique.services.host_findings import HostFindings
from pratique.services.image_bill import ImageBill
from pratique.services.image_inventories import ImageInventories
from pratique.services.image_layers import ImageLayers
from pratique.services.judge_again import JudgeAgain
from pratique.services.past_findings import PastFindings
from pratique.services.plan_image import PlanImage
from pratique.services.rematch_images import RematchImages
from pratique.services.report_image import ReportImage
from pratique.wiring.hash_lists import hash_lists_in_use
from pratique.wiring.schema import known_schema
from pratique.wiring.stores import clock, objects, stores

_FOLDER = Path(tempfile.gettempdir()) / "pratique-advisories"


def assess_image() -> AssessImage:
    """Return the use case of ``assess_image`` on the present advisory database.

    The database is loaded once per revision; the starter set stands in until there is one.
    """
    kept = stores()
    known_schema()
    return AssessImage(
        objects(),
        kept.findings,
        current_database(objects(), _FOLDER),
        clock(),
        kept.allow_list,
        kept.suppressions,
        hash_lists_in_use,
        newer=lambda revision: newer_database(objects(), _FOLDER, revision),
    )


def judge_again() -> JudgeAgain:
    """Return what judges images again, on the present advisory database, where a decision has changed."""
    return JudgeAgain(ImageInventories(objects()), assess_image())


def explain_image(as_of: str = "") -> ExplainImage:
    """Return what explains a stored image, on the present advisory database or on a kept one of ``as_of``."""
    kept = stores()
    return ExplainImage(kept.findings, ImageInventories(objects()), _database(as_of))


def past_findings(as_of: str) -> PastFindings:
    """Return what matches a stored image with the advisories of ``as_of``."""
    kept = stores()
    return PastFindings(kept.findings, ImageInventories(objects()), _database(as_of))


def _database(as_of: str) -> SqliteDatabase:
    """Return the present database, or the one of ``as_of`` out of a folder of its own, which holds one at a time."""
    if not as_of:
        return current_database(objects(), _FOLDER)
    return AdvisoryHistory(objects()).open(as_of, _FOLDER / "past")


def plan_image() -> PlanImage:
    """Return what plans the fixes of a stored image, on the present advisory database."""
    return PlanImage(stores().findings, objects(), current_database(objects(), _FOLDER))


def host_findings() -> HostFindings:
    """Return what lists a stored image's host-only vulnerabilities, on the present advisory database."""
    kept = stores()
    return HostFindings(kept.findings, ImageInventories(objects()), current_database(objects(), _FOLDER))


def image_layers() -> ImageLayers:
    """Return what tells of a stored image's layers, on the present advisory database."""
    return ImageLayers(stores().findings, objects(), current_database(objects(), _FOLDER))


def image_bill() -> ImageBill:
    """Return what reads a stored image for a bill of materials; it needs no advisories."""
    return ImageBill(stores().findings, objects())


def report_image(as_of: str = "") -> ReportImage:
    """Return what reports on a stored image, on the present advisory database or on a kept one of ``as_of``."""
    kept = stores()
    return ReportImage(kept.findings, objects(), _database(as_of), clock(), kept.allow_list, kept.suppressions)


def compare_images() -> CompareImages:
    """Return what compares stored images, or one image at two times."""
    return CompareImages(stores().findings, report_image)


def check_image() -> CheckImage:
    """Return what asks a stored image a policy, on the present advisory database."""
    return CheckImage(stores().findings, report_image(), clock())


def rematch_images() -> RematchImages:
    """Return the use case of ``rematch_images``."""
    return RematchImages(stores().catalog, ImageInventories(objects()), AdvisoryChanges(objects()), assess_image())
