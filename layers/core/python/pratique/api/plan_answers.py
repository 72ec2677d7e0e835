"""What the fix plan of an image answers."""

from __future__ import annotations

from pydantic import Field

from pratique.api.answers import Answer, BaseAnswer, Text
from pratique.model.base_image import LayerOrigin
from pratique.model.severity import Priority
from pratique.services.plan_image import ImagePlan


class PlannedPackageAnswer(Answer):
    """A package that a step moves."""

    type: str
    name: str
    version: str
    target: str = Field(description="Least version that no advisory covers")
    place: str = Field(description="Path, layer and the instruction that made the layer")


class PlannedFindingAnswer(Answer):
    """A vulnerability that a step removes."""

    id: str
    priority: Priority


class StepAnswer(Answer):
    """One thing to do."""

    owner: LayerOrigin = Field(description="Whose layers it changes")
    tool: str
    command: str = Field(description="One line for a shell, empty where none does it")
    instead: str = Field(description="What to do where no command does it, or besides; may be empty")
    caution: str = Field(description="What can break")
    packages: tuple[PlannedPackageAnswer, ...]
    removes: tuple[PlannedFindingAnswer, ...] = Field(description="Gone once this step and those before it are done")


class LeftAnswer(Answer):
    """A vulnerability in a package that stays."""

    id: str
    priority: Priority
    package: str
    version: str
    why: str


class NewerBaseAnswer(Answer):
    """A newer image of the base's repository."""

    image: Text = Field(description="Its `id`")
    tags: tuple[str, ...]
    created: str
    removes: tuple[str, ...] = Field(description="Findings that came with the base and that it lacks")
    keeps: tuple[str, ...] = Field(description="Findings that came with the base and that it has too")


class FixPlanAnswer(Answer):
    """The plan of fixes for one image."""

    revision: str = Field(description="Advisory database that was asked")
    findings: int = Field(description="Vulnerabilities before the first step")
    removed: int = Field(description="Vulnerabilities that the steps remove")
    base: BaseAnswer
    newer_bases: tuple[NewerBaseAnswer, ...]
    steps: tuple[StepAnswer, ...] = Field(description="In the order in which they are worth doing")
    left: tuple[LeftAnswer, ...]

    @classmethod
    def of(cls, planned: ImagePlan) -> FixPlanAnswer:
        """Return the answer for a plan."""
        plan = planned.plan
        return cls.model_validate(
            {
                "revision": plan.revision,
                "findings": plan.findings,
                "removed": plan.removed,
                "base": planned.base,
                "newer_bases": planned.newer_bases,
                "steps": plan.steps,
                "left": plan.left,
            }
        )
