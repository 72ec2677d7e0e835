"""An image as a registry serves it: where it is, what it is made of, for which platform."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.base_image import NO_BASE, BaseImage
from pratique.model.digest import DiffId, Digest, parse_digest

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_INSTANCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


class Platform(Struct, frozen=True):
    """Operating system, architecture and variant in Go's words, as the OCI specification uses them."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        """Return ``linux/arm64/v8`` and the like."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class ImageId(Struct, frozen=True):
    """One image of one repository of one registry.

    ``instance`` is the registry's instance ID: for ECR ``<account>.<region>``, for another registry the
    name it was added under.
    """

    instance: str
    repository: str
    digest: Digest

    def __str__(self) -> str:
        """Return ``<instance>/<repository>@<digest>``, the form `parse` reads."""
        return f"{self.instance}/{self.repository}@{self.digest}"

    @property
    def namespace(self) -> str:
        """The part of the repository name before its last ``/``; empty where there is none."""
        return self.repository.rpartition("/")[0]

    @classmethod
    def parse(cls, text: str) -> ImageId:
        """Read ``<instance>/<repository>@<digest>``; raises InvalidValue for anything else."""
        name, at, digest = text.rpartition("@")
        instance, slash, repository = name.partition("/")
        if not (at and slash and _INSTANCE.fullmatch(instance) and _REPOSITORY.fullmatch(repository)):
            raise InvalidValue(f"{text[:300]!r} is not an image ID of the form instance/repository@digest")
        return cls(instance, repository, parse_digest(digest))


class Layer(Struct, frozen=True):
    """One layer of one image, lowest first by ``index`` (from 0).

    ``size`` is the compressed size in bytes as the manifest states it; ``created_by`` is the Dockerfile
    instruction from the image's history, empty where the history does not tell.
    """

    digest: Digest
    diff_id: DiffId
    media_type: str
    size: int
    index: int
    created_by: str = ""


class Image(Struct, frozen=True):
    """One resolved image manifest of one platform.

    ``reference`` is what the user asked for, ``digest`` the manifest's own digest, ``config_digest`` that
    of the image configuration (for ``docker save`` archives, which keep no manifest, both are the
    configuration's).  ``created`` is RFC 3339 or empty.  ``base`` is the image that it is built on.
    """

    reference: str
    digest: Digest
    config_digest: Digest
    platform: Platform
    layers: tuple[Layer, ...]
    created: str = ""
    base: BaseImage = NO_BASE


def chain_ids(diff_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the chain ID after each layer, lowest first: two images share it where they share all layers so far.

    https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
    """
    chains: list[str] = []
    for diff_id in diff_ids:
        chain = f"sha256:{hashlib.sha256(f'{chains[-1]} {diff_id}'.encode()).hexdigest()}" if chains else diff_id
        chains.append(chain)
    return tuple(chains)
