"""Judging images again, where advisories or what people decided have changed."""

from __future__ import annotations

from pratique.services.advisory_changes import AdvisoryChanges
from pratique.services.apply_allow_list import ApplyAllowList
from pratique.services.apply_suppressions import ApplySuppressions
from pratique.services.image_inventories import ImageInventories
from pratique.services.judge_again import JudgeAgain
from pratique.services.rematch_images import RematchImages
from pratique.wiring.assessment import assess_image
from pratique.wiring.samples import allow_samples
from pratique.wiring.stores import clock, objects, stores


def rematch_images() -> RematchImages:
    """Return the use case of ``rematch_images``."""
    return RematchImages(stores().catalog, ImageInventories(objects()), AdvisoryChanges(objects()), assess_image())


def apply_allow_list() -> ApplyAllowList:
    """Return the use case of ``apply_allow_list``."""
    return ApplyAllowList(allow_samples(), stores().findings, _judge_again())


def apply_suppressions() -> ApplySuppressions:
    """Return the use case of ``apply_suppressions``."""
    kept = stores()
    return ApplySuppressions(
        suppressions=kept.suppressions,
        catalog=kept.catalog,
        findings=kept.findings,
        library=kept.library,
        judge=_judge_again(),
        clock=clock(),
    )


def _judge_again() -> JudgeAgain:
    """Return what judges images again, on the present advisory database, where a decision has changed."""
    return JudgeAgain(ImageInventories(objects()), assess_image())
