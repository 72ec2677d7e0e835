"""What many answers are made of.  Times are RFC 3339 in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pratique.model.base_image import BaseFoundBy, LayerOrigin
from pratique.model.coverage import ScanStatus
from pratique.model.sample import Behaviour, Detector, Level
from pratique.ports.findings import StoredImage

Row = TypeVar("Row")

Text = Annotated[str, BeforeValidator(str)]
"""A core value that is written as its text."""


class Answer(BaseModel):
    """Base of all; reads the core's values by attribute."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class PageAnswer(Answer, Generic[Row]):
    """One page of a list."""

    items: tuple[Row, ...] = Field(description="Rows of this page; fewer than the limit is not yet the end")
    next_cursor: str | None = Field(description="`cursor` of the next page; null at the end and only there")
    total: int | None = Field(description="Rows of the whole list where that number is kept, else null")


class PriorityCountsAnswer(Answer):
    """Numbers by priority."""

    high: int
    medium: int
    low: int


class LevelCountsAnswer(Answer):
    """Numbers by level."""

    urgent: int
    warning: int
    notice: int


class LayerAnswer(Answer):
    """An image layer."""

    diff_id: str = Field(description="Digest of the layer's uncompressed tar")
    index: int = Field(description="Place in the image, from 0 for the lowest")
    created_by: str = Field(description="Instruction that made the layer, empty where the image does not tell")
    origin: LayerOrigin = Field(description="Whether the layer is the base image's or the application's")


class BaseAnswer(Answer):
    """The image that an image is built on."""

    layers: int = Field(description="How many of the lowest layers are its; 0 where that is not known")
    found_by: BaseFoundBy = Field(description="How it was recognised")
    name: str = Field(description="Its reference, empty where it is not known")
    digest: str = Field(description="Its manifest's digest, empty where it is not known")
    known_as: str = Field(description="Its `id` where it has been scanned here, else empty")
    because: str = Field(description="How it was recognised, or why it was not, in a sentence")


class PackageAnswer(Answer):
    """An affected package of one image: the impact of a vulnerability there."""

    ecosystem: str = Field(description="OSV's name of the packaging world, such as Debian:12 or PyPI")
    type: str = Field(description="Format, as in a package URL")
    name: str
    version: str
    purl: str
    source_name: str = Field(description="Source package where that is another one, else empty")
    fixed_version: str = Field(description="First version that is not affected, empty where there is none")
    fix_state: str
    path: str = Field(description="File that the package was read from")
    layer: LayerAnswer
    range: str = Field(description="Affected versions, as the advisory states them")
    advisory: str = Field(description="Advisory that matches")
    source: str = Field(description="Source of the advisory")
    origin: LayerOrigin = Field(description="Whether the package came with the base image")
    suppressed_by: str = Field(description="`id` of the suppression that hides it here, empty where none does")


SampleKey = Annotated[str, Field(description="SHA-256 of the file; for a package that of its `purl`")]
SamplePurl = Annotated[str, Field(description="Package URL where the sample is a package, else empty")]


class HitAnswer(Answer):
    """One place in a file that a rule matched."""

    string: str = Field(description="Name of the rule's string")
    offset: int = Field(description="Bytes from the file's start")
    length: int = Field(description="Bytes")
    excerpt: str = Field(description="What is there, printable, with what could be a secret masked")


class RuleAnswer(Answer):
    """What named a sample: a rule, a listed hash, a check of the structure, or a report about a package."""

    rule: str
    pack: str
    level: Level
    description: str
    reference: str
    references: tuple[str, ...]
    family: str
    detector: Detector
    behaviours: tuple[Behaviour, ...] = Field(description="What the sample does, by this rule")
    hits: tuple[HitAnswer, ...] = Field(description="The first places that it matched")


class FileAnswer(Answer):
    """One place of a malicious sample."""

    path: str
    layer: LayerAnswer
    removed: bool = Field(description="Whether a higher layer hides or deletes the file")
    allowed_by: str = Field(description="Entry of the allow-list that keeps it quiet here, empty where none does")


class ImageRowAnswer(Answer):
    """One image in a list."""

    id: str = Field(description="`instance/repository@digest`")
    instance: str
    namespace: str
    repository: str
    digest: str
    tags: tuple[str, ...]
    platform: str
    status: ScanStatus | None = Field(description="Null until a first scan has ended")
    vulnerabilities: PriorityCountsAnswer
    samples: LevelCountsAnswer
    first_scan: datetime | None
    last_scan: datetime | None

    @classmethod
    def of(cls, image: StoredImage) -> Self:
        """Return the answer for a stored image."""
        named = {
            "id": str(image.id),
            "instance": image.id.instance,
            "namespace": image.id.namespace,
            "repository": image.id.repository,
            "digest": image.id.digest,
        }
        rest = {name: getattr(image, name) for name in cls.model_fields if name not in named}
        return cls.model_validate(named | rest)
