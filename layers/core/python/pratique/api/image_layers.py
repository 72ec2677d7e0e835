"""``/v1/images/{id}/layers``: what each layer of an image brought and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer, LevelCountsAnswer, PriorityCountsAnswer
from pratique.api.parameters import ImagePathId, only
from pratique.api.routers import new_router
from pratique.model.image import ImageId
from pratique.model.package import InstalledPackage
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.services.image_layers import LayerContents
from pratique.wiring import image_answers

router = new_router()
Part = TypeVar("Part")

_SHOWN = 10
# Of one layer alone: some thousand package names fit an answer below 1 MB.
_SHOWN_OF_ONE = 1000


class LayersQuery(BaseModel):
    """Which layers."""

    model_config = ConfigDict(frozen=True)

    index: int | None = Field(None, ge=0, le=500, description="Place of one layer, which is then told at length")


class PartsAnswer(Answer, Generic[Part]):
    """A list of one layer, cut where it is long: `index` asks for more of it."""

    total: int
    items: tuple[Part, ...]


class LayerPackageAnswer(Answer):
    """A package that a layer brought or removed."""

    type: str
    name: str
    version: str
    path: str


class LayerVulnerabilityAnswer(Answer):
    """A vulnerability that came or went with a layer."""

    id: str
    priority: Priority


class LayerSampleAnswer(Answer):
    """A malicious sample that came with a layer."""

    sha256: str
    name: str
    level: Level


class LayerContentsAnswer(Answer):
    """One layer and what it did to the image."""

    index: int = Field(description="Place in the image, from 0 for the lowest")
    digest: str = Field(description="Digest of the layer as the registry keeps it, compressed")
    diff_id: str = Field(description="Digest of the layer's uncompressed tar")
    size: int = Field(description="Compressed bytes")
    created_by: str = Field(description="Instruction that made the layer, empty where the image does not tell")
    packages_brought: PartsAnswer[LayerPackageAnswer]
    packages_removed: PartsAnswer[LayerPackageAnswer] = Field(description="Of lower layers, removed or replaced here")
    vulnerabilities_brought: PartsAnswer[LayerVulnerabilityAnswer] = Field(description="Open findings, worst first")
    vulnerabilities_removed: PartsAnswer[LayerVulnerabilityAnswer] = Field(
        description="Those that the image would have too, were the removed packages still there"
    )
    samples_brought: PartsAnswer[LayerSampleAnswer]
    vulnerabilities: PriorityCountsAnswer = Field(description="Those brought, by priority")
    samples: LevelCountsAnswer = Field(description="Those brought, by level")

    @classmethod
    def of(cls, contents: LayerContents, shown: int) -> LayerContentsAnswer:
        """Return the answer with so many entries of each list."""
        layer = contents.layer
        return cls(
            index=layer.index,
            digest=str(layer.digest),
            diff_id=str(layer.diff_id),
            size=layer.size,
            created_by=layer.created_by,
            packages_brought=_packages(contents.packages_brought, shown),
            packages_removed=_packages(contents.packages_removed, shown),
            vulnerabilities_brought=_parts(LayerVulnerabilityAnswer, contents.brought, shown),
            vulnerabilities_removed=_parts(LayerVulnerabilityAnswer, contents.removed, shown),
            samples_brought=_parts(LayerSampleAnswer, contents.samples, shown),
            vulnerabilities=PriorityCountsAnswer(**_counted(Priority, (one.priority for one in contents.brought))),
            samples=LevelCountsAnswer(**_counted(Level, (one.level for one in contents.samples))),
        )


class LayersAnswer(Answer):
    """Every layer of an image, lowest first."""

    items: tuple[LayerContentsAnswer, ...]


def _counted(words: type[StrEnum], found: Iterable[StrEnum]) -> dict[str, int]:
    numbers = Counter(found)
    return {word.value: numbers[word] for word in words}


def _packages(packages: Sequence[InstalledPackage], shown: int) -> PartsAnswer[LayerPackageAnswer]:
    told = (
        LayerPackageAnswer(
            type=item.package.type.value,
            name=item.package.name,
            version=item.package.version,
            path=item.locations[0].path,
        )
        for item in packages[:shown]
    )
    return PartsAnswer[LayerPackageAnswer](total=len(packages), items=tuple(told))


def _parts(kind: type[Part], found: Sequence[object], shown: int) -> PartsAnswer[Part]:
    items = tuple(kind.model_validate(item) for item in found[:shown])  # type: ignore[attr-defined] # an answer
    return PartsAnswer[kind](total=len(found), items=items)  # type: ignore[valid-type] # a value here


@router.get("/v1/images/<id>/layers", summary="List an image's layers", tags=["Images"], middlewares=only(LayersQuery))
def list_layers(
    id: ImagePathId,  # noqa: A002 - the name of the path's part
    query: Annotated[LayersQuery, Query()],
) -> LayersAnswer:
    """Answer each layer's size and instruction, and the packages and findings that it brought and removed."""
    layers = image_answers.image_layers()(ImageId.parse(unquote(id)))
    if layers is None:
        raise NotFoundError
    if query.index is None:
        return LayersAnswer(items=tuple(LayerContentsAnswer.of(layer, _SHOWN) for layer in layers))
    wanted = [layer for layer in layers if layer.layer.index == query.index]
    if not wanted:
        raise NotFoundError
    return LayersAnswer(items=tuple(LayerContentsAnswer.of(layer, _SHOWN_OF_ONE) for layer in wanted))
