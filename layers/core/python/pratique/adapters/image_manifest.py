"""Reads manifests, indexes and image configurations of the OCI and Docker kinds.

https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md, config.md, and
https://distribution.github.io/distribution/spec/manifest-v2-2/ for Docker's.  The documents are hostile: their size is
bounded by who fetched them, their shape here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Struct, field

from pratique.errors import InvalidValue, NotAnImage, RegistryError
from pratique.inventory.base_image import HistoryStep, stated_base
from pratique.model.digest import DiffId, Digest, parse_diff_id, parse_digest
from pratique.model.image import Image, Layer, Platform

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
MANIFEST_TYPES = (OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST)

MANIFEST_LIMIT = 4 << 20
"""Bytes; the specification asks registries to take manifests up to this size."""
CONFIG_LIMIT = 8 << 20
"""Bytes; a configuration grows with the image's history and stays far below."""

_MOST_LAYERS = 1000
_MOST_MANIFESTS = 500
_LONGEST_INSTRUCTION = 1000
INDEX_TYPES = frozenset({OCI_INDEX, DOCKER_LIST})
CONFIG_TYPES = frozenset({OCI_CONFIG, DOCKER_CONFIG})
_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+"
_ATTESTATION = "vnd.docker.reference.type"

_TAR_TYPES = frozenset(
    {"application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar"}
    | {f"application/vnd.oci.image.layer.v1.tar+{form}" for form in ("gzip", "zstd")}
    | {f"application/vnd.docker.image.rootfs.diff.tar.{form}" for form in ("gzip", "zstd")}
)
_LAYER_TYPES = ("application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.")
_FOREIGN = ("application/vnd.oci.image.layer.nondistributable.", "application/vnd.docker.image.rootfs.foreign.")


_Wire = TypeVar("_Wire")


class WirePlatform(msgspec.Struct, frozen=True):
    """A platform as an index names it."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def known(self) -> Platform:
        """Return it as the model's value."""
        return Platform(self.os, self.architecture, self.variant)


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """A pointer to content by digest, size (bytes) and media type."""

    digest: Digest
    size: Annotated[int, msgspec.Meta(ge=0)]
    media_type: str = ""
    platform: WirePlatform | None = None
    annotations: dict[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse digests that are not SHA-256."""
        parse_digest(self.digest)

    def is_attestation(self) -> bool:
        """Whether this is BuildKit's record about an image beside it in the index, not an image."""
        if _ATTESTATION in (self.annotations or {}):
            return True
        return self.platform is not None and (self.platform.os, self.platform.architecture) == ("unknown", "unknown")


class StoredManifest(Struct, frozen=True):
    """The bytes of a manifest or index, whose digest has been checked, and the media type it was served as."""

    body: bytes
    digest: Digest
    media_type: str = ""

    def type_to_serve(self) -> str:
        """Return the media type under which these bytes must be pushed."""
        wire = _decode(self, _WireManifest)
        if wire.media_type or self.media_type in MANIFEST_TYPES:
            return wire.media_type or self.media_type
        return OCI_INDEX if wire.manifests is not None else OCI_MANIFEST


class ImageManifest(Struct, frozen=True):
    """One image's configuration and layers, lowest first, and its annotations."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)


class ImageIndex(Struct, frozen=True):
    """The manifests that an index lists, attestations among them."""

    manifests: tuple[Descriptor, ...]


class _WireManifest(msgspec.Struct, frozen=True, rename="camel"):
    schema_version: int = 0
    media_type: str = ""
    manifests: tuple[Descriptor, ...] | None = None
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    annotations: dict[str, str] | None = None


class _WireRootfs(msgspec.Struct, frozen=True):
    diff_ids: tuple[str, ...] | None = None


class _WireRun(msgspec.Struct, frozen=True, rename="pascal"):
    labels: dict[str, str] | None = None


class _WireStep(msgspec.Struct, frozen=True):
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False


class _WireConfig(msgspec.Struct, frozen=True):
    os: str = ""
    architecture: str = ""
    variant: str = ""
    created: str | None = None
    config: _WireRun | None = None
    rootfs: _WireRootfs = _WireRootfs()
    history: msgspec.Raw = msgspec.Raw(b"[]")


def parse_manifest(stored: StoredManifest) -> ImageManifest | ImageIndex:
    """Read a manifest or index.

    Raises RegistryError for anything else: schema 1, signatures, charts and other artifacts, documents that one
    client would read as an image and another as an index, and malformed ones.
    """
    if stored.media_type.startswith(_SCHEMA_1):
        raise _schema_1(stored)
    wire = _decode(stored, _WireManifest)
    if wire.schema_version == 1:
        raise _schema_1(stored)
    _check_one_reading(stored, wire)
    if wire.manifests is not None:
        if len(wire.manifests) > _MOST_MANIFESTS:
            raise RegistryError(f"the index lists over {_MOST_MANIFESTS} manifests", image=stored.digest)
        return ImageIndex(wire.manifests)
    if wire.config is None or wire.layers is None:
        raise NotAnImage("this is neither an image manifest nor an image index", image=stored.digest)
    if wire.config.media_type not in CONFIG_TYPES:
        kind = wire.config.media_type[:100]
        raise NotAnImage(f"this is not a container image: its configuration is of type {kind!r}", image=stored.digest)
    if wire.layers and all(is_artifact_layer(layer.media_type) for layer in wire.layers):
        # Signatures and attestations borrow the configuration of images: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
        kind = wire.layers[0].media_type[:100]
        raise NotAnImage(f"this is not a container image: its layers are of type {kind!r}", image=stored.digest)
    if len(wire.layers) > _MOST_LAYERS:
        raise RegistryError(f"the image has over {_MOST_LAYERS} layers", image=stored.digest)
    return ImageManifest(wire.config, wire.layers, wire.annotations or {})


def parse_image(reference: str, digest: Digest, manifest: ImageManifest, config: bytes) -> Image:
    """Join a manifest and its (verified) configuration into an image.

    Raises RegistryError where the configuration is malformed or its diff IDs are not as many as the layers.
    """
    wire = _decode(StoredManifest(config, manifest.config.digest), _WireConfig)
    diff_ids = wire.rootfs.diff_ids or ()
    if len(diff_ids) != len(manifest.layers):
        raise RegistryError(
            f"the configuration has {len(diff_ids)} diff IDs and the manifest {len(manifest.layers)} layers",
            image=digest,
        )
    try:
        layers = tuple(
            Layer(item.digest, parse_diff_id(diff_id), item.media_type, item.size, index, step)
            for index, (item, diff_id, step) in enumerate(
                zip(manifest.layers, diff_ids, _instructions(wire, len(diff_ids)), strict=True)
            )
        )
    except InvalidValue as error:
        raise RegistryError(f"the configuration is malformed: {error}", image=digest) from error
    platform = Platform(wire.os, wire.architecture, wire.variant)
    labels = (wire.config.labels if wire.config else None) or {}
    # Docker's builds have no annotations of their own, and some people write the same names into labels.
    base = stated_base({**labels, **manifest.annotations}, _history(wire), len(layers))
    return Image(reference, digest, manifest.config.digest, platform, layers, wire.created or "", base)


def diff_ids_of(config: bytes, digest: Digest) -> tuple[DiffId, ...]:
    """Return the diff IDs of a configuration, lowest layer first; raises RegistryError where it is malformed."""
    wire = _decode(StoredManifest(config, digest), _WireConfig)
    try:
        return tuple(parse_diff_id(diff_id) for diff_id in wire.rootfs.diff_ids or ())
    except InvalidValue as error:
        raise RegistryError(f"the configuration is malformed: {error}", image=digest) from error


def why_unreadable(media_type: str) -> str | None:
    """Return why a layer of this media type cannot be read, or None where it can."""
    if media_type.startswith(_FOREIGN):
        return "it is a foreign layer, which its publisher keeps outside the registry"
    if media_type not in _TAR_TYPES:
        return f"its media type {media_type[:100]!r} is not a tar layer's"
    return None


def is_artifact_layer(media_type: str) -> bool:
    """Whether a layer's media type is one that no image's layer has: neither a tar's nor a foreign layer's."""
    return media_type not in _TAR_TYPES and not media_type.startswith((*_FOREIGN, *_LAYER_TYPES))


def is_foreign(media_type: str) -> bool:
    """Whether a layer is kept by its publisher and not by the registry."""
    return media_type.startswith(_FOREIGN)


def _history(wire: _WireConfig) -> tuple[HistoryStep, ...]:
    return tuple(
        HistoryStep(step.created_by[:_LONGEST_INSTRUCTION], step.comment[:_LONGEST_INSTRUCTION], step.empty_layer)
        for step in _steps(wire)
    )


def _steps(wire: _WireConfig) -> tuple[_WireStep, ...]:
    """Return the history; none where it is malformed, for it only tells how layers were made."""
    try:
        return msgspec.json.decode(wire.history, type=tuple[_WireStep, ...])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()


def _instructions(wire: _WireConfig, layers: int) -> tuple[str, ...]:
    """One instruction a layer, or empty ones where the history does not fit the layers."""
    steps = tuple(step.created_by[:_LONGEST_INSTRUCTION] for step in _steps(wire) if not step.empty_layer)
    return steps if len(steps) == layers else ("",) * layers


def _check_one_reading(stored: StoredManifest, wire: _WireManifest) -> None:
    """Refuse what clients read in two ways (CVE-2021-41190)."""
    if wire.manifests is not None and (wire.layers is not None or wire.config is not None):
        raise RegistryError("the manifest claims to be both an image and an index", image=stored.digest)
    types = {kind for kind in (stored.media_type, wire.media_type) if kind in MANIFEST_TYPES}
    if len(types) > 1:
        raise RegistryError(
            f"the manifest is served as {stored.media_type} and says {wire.media_type}", image=stored.digest
        )
    if types and (wire.manifests is not None) != bool(types & INDEX_TYPES):
        raise RegistryError(f"the manifest's content is not that of {types.pop()}", image=stored.digest)


def _schema_1(stored: StoredManifest) -> RegistryError:
    return RegistryError(
        "the image has a schema 1 manifest, which tells no verifiable layers: push it again with a current tool",
        image=stored.digest,
    )


def _decode(stored: StoredManifest, kind: type[_Wire]) -> _Wire:
    try:
        return msgspec.json.decode(stored.body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RegistryError(f"the document is not valid: {error}"[:300], image=stored.digest) from error
