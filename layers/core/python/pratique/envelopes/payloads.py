"""Payloads that pratique's functions invoke each other with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pratique.model.coverage import Reason, ReasonCode
from pratique.model.digest import parse_diff_id, parse_digest
from pratique.model.image import ImageId, Layer
from pratique.services.applied import Applied


class Payload(BaseModel):
    """Base of all: frozen, and nothing beside the known fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ImageName(Payload):
    """The three parts of an image ID."""

    instance: str = Field(min_length=1, max_length=128)
    repository: str = Field(min_length=1, max_length=256)
    digest: str = Field(min_length=1, max_length=100)

    @property
    def image(self) -> ImageId:
        """The image ID; raises InvalidValue where the digest is none."""
        return ImageId(self.instance, self.repository, parse_digest(self.digest))


class ScanImageRequest(ImageName):
    """Scan one image; ``part`` says that a larger scan owns the record ``scan_id``, ``push`` that no budget holds."""

    scan_id: str
    tag: str = ""
    part: bool = False
    push: bool = False


class LayerPayload(Payload):
    """One layer of a resolved image."""

    digest: str
    diff_id: str
    media_type: str
    size: int
    index: int
    created_by: str = ""

    @classmethod
    def of(cls, layer: Layer) -> LayerPayload:
        """Return the payload of a layer; the instruction stays behind, for it may be long and is not needed."""
        return cls(
            digest=layer.digest,
            diff_id=layer.diff_id,
            media_type=layer.media_type,
            size=layer.size,
            index=layer.index,
        )

    @property
    def layer(self) -> Layer:
        """The layer; raises InvalidValue where a digest is none."""
        return Layer(
            digest=parse_digest(self.digest),
            diff_id=parse_diff_id(self.diff_id),
            media_type=self.media_type,
            size=self.size,
            index=self.index,
            created_by=self.created_by,
        )


class AnalyzeLayerRequest(Payload):
    """Read one layer of an image; ``owner`` is the same for every retry of this request."""

    scan_id: str
    instance: str
    repository: str
    digest: str = ""
    owner: str
    layer: LayerPayload


class KnownLayersRequest(ImageName):
    """Ask which of an image's layers need not be read."""

    scan_id: str
    layers: tuple[LayerPayload, ...]


class InvocationAnswer(Payload):
    """What a function answered; a newer version of it may say more than the execution that asked understands."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class LayerAnswer(InvocationAnswer):
    """What became of a layer; ``analyzer`` made its report, ``cost`` is in billionths of a US dollar.

    ``status`` is ``read``, ``held`` (by another worker), ``failed`` or ``stopped`` (with its scan).
    """

    status: str
    analyzer: str = ""
    read_bytes: int = 0
    seconds: int = 0
    reason: str = ""
    retryable: bool = False
    cost: int = 0


class KnownLayersAnswer(InvocationAnswer):
    """The diff IDs of layers that ``analyzer`` has made reports of; ``cost`` is in billionths of a US dollar."""

    analyzer: str = ""
    known: tuple[str, ...] = ()
    cost: int = 0


class LayerFailure(Payload):
    """A layer that was not read, and why."""

    diff_id: str
    reason: str

    @property
    def as_reason(self) -> Reason:
        """The coverage reason."""
        return Reason(ReasonCode.LAYER_NOT_READ, self.reason, layer=self.diff_id)


class AssessImageRequest(ImageName):
    """Fold, match and store one image, whose layers have been read or failed, at a ``cost`` in billionths."""

    scan_id: str
    tag: str = ""
    analyzer: str = ""
    failures: tuple[LayerFailure, ...] = ()
    layers_done: int = 0
    bytes_done: int = 0
    cost: int = 0


class AssessAnswer(InvocationAnswer):
    """How an assessment ended: a scan status, or ``superseded``."""

    status: str
    added: int = 0
    fixed: int = 0
    samples_added: int = 0


class RescanRequest(Payload):
    """Scan the images of a scope, going on in the plan at number ``first``; ``new_only``: those never scanned."""

    scan_id: str
    scope: str
    first: int = 0
    new_only: bool = False


class RematchRequest(Payload):
    """Match every image again with the current advisory database, going on behind image ID ``after``."""

    revision: str
    after: str = ""
    failed: int = 0
    share: int = 0
    shares: int = 1
    run: str = "whole"


class ApplyDecisionsRequest(Payload):
    """Go on applying entries of the allow-list or suppressions, behind image ID ``after``."""

    ids: tuple[str, ...]
    since: AwareDatetime
    failed: int = 0
    after: str

    @classmethod
    def begun_in(cls, event: dict[str, Any]) -> Applied | None:
        """Return what an event wants to be gone on with; None for one that only says to begin."""
        if "detail-type" in event or not event:
            return None
        asked = cls.model_validate(event)
        return Applied(asked.ids, asked.since, failed=asked.failed, after=asked.after)

    @classmethod
    def following(cls, done: Applied) -> Self:
        """Return the request for what is left."""
        return cls(ids=done.ids, since=done.since, failed=done.failed, after=done.after)


class HuntRequest(Payload):
    """Hunt in a scope, or go on with a hunt from image ``start`` on; who begins one sends ``hunt`` and ``scope`` only.

    ``analyzer`` is the version of reports that the hunt brings ``images`` images to, ``counts`` the numbers so far.
    """

    hunt: str
    scope: str
    analyzer: str = ""
    images: int = 0
    start: int = 0
    counts: dict[str, int] = {}

    def after(self, length: int, counts: Mapping[str, int]) -> HuntRequest:
        """Return the request for what follows a page."""
        total = {name: self.counts.get(name, 0) + counts.get(name, 0) for name in self.counts.keys() | counts.keys()}
        return self.model_copy(update={"start": self.start + length, "counts": total})
