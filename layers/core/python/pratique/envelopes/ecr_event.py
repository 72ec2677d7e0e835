"""Amazon ECR's image action events, as EventBridge delivers them.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pratique.model.digest import parse_digest
from pratique.model.image import ImageId

_IMAGE_TYPES = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)


class ImageAction(BaseModel):
    """``detail`` of an event: what happened to which image of which repository."""

    model_config = ConfigDict(frozen=True)

    action: Literal["PUSH", "DELETE"] = Field(alias="action-type")
    result: Literal["SUCCESS", "FAILURE"]
    repository: str = Field(alias="repository-name", min_length=1, max_length=256)
    digest: str = Field(alias="image-digest", max_length=100)
    tag: str = Field(alias="image-tag", default="", max_length=300)
    manifest_type: str = Field(alias="manifest-media-type", default="", max_length=300)
    artifact_type: str = Field(alias="artifact-media-type", default="", max_length=300)

    @property
    def is_other_artifact(self) -> bool:
        """Whether the event says that this is no image; events of the first schema do not say what it is."""
        return self.artifact_type not in {"", *_IMAGE_TYPES}


class EcrEvent(BaseModel):
    """One event; ``time`` is when ECR saw the action, to the second."""

    model_config = ConfigDict(frozen=True)

    account: str = Field(pattern=r"^\d{12}$")
    region: str = Field(pattern=r"^[a-z0-9-]{5,30}$")
    time: datetime
    detail: ImageAction

    @property
    def image(self) -> ImageId:
        """The image that the event is about; raises InvalidValue where its digest is none."""
        return ImageId(f"{self.account}.{self.region}", self.detail.repository, parse_digest(self.detail.digest))
