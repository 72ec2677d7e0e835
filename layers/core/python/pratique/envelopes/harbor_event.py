"""Harbor's webhook, in its default payload format.

https://goharbor.io/docs/2.12.0/working-with-projects/project-configuration/configure-webhooks/
"""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from pratique.model.digest import parse_digest
from pratique.model.image import ImageId

_ACTIONS = {"PUSH_ARTIFACT": "PUSH", "DELETE_ARTIFACT": "DELETE"}


class HarborResource(BaseModel):
    """One artifact that something happened to."""

    model_config = ConfigDict(frozen=True)

    digest: str = Field(max_length=100)
    tag: str = Field("", max_length=300)


class HarborRepository(BaseModel):
    """Where the artifact is; ``full_name`` has the project before its first ``/``."""

    model_config = ConfigDict(frozen=True)

    full_name: str = Field(alias="repo_full_name", min_length=1, max_length=256)


class HarborData(BaseModel):
    """What an event is about."""

    model_config = ConfigDict(frozen=True)

    resources: tuple[HarborResource, ...] = Field((), max_length=1000)
    repository: HarborRepository


class HarborEvent(BaseModel):
    """One call of the webhook; ``occur_at`` is in seconds of the epoch."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(max_length=100)
    occur_at: int = Field(ge=0, le=1 << 40)
    event_data: HarborData

    @property
    def action(self) -> str:
        """``PUSH``, ``DELETE``, or empty for what is about neither."""
        return _ACTIONS.get(self.type, "")

    @property
    def at(self) -> datetime:
        """When it happened."""
        return datetime.fromtimestamp(self.occur_at, UTC)

    def images(self, instance: str) -> tuple[tuple[ImageId, str], ...]:
        """Return each image with its tag; raises InvalidValue where a digest is none."""
        name = self.event_data.repository.full_name
        return tuple(
            (ImageId(instance, name, parse_digest(resource.digest)), "" if ":" in resource.tag else resource.tag)
            for resource in self.event_data.resources
        )
