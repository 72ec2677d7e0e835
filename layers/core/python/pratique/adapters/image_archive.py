"""Image archives: an OCI layout in a tar, or what ``docker save`` and its like write.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md and
https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pratique.adapters.archive_file import MOST_BYTES, ArchiveFile
from pratique.adapters.image_content import ImageContent
from pratique.adapters.image_manifest import (
    CONFIG_LIMIT,
    MANIFEST_LIMIT,
    OCI_CONFIG,
    OCI_MANIFEST,
    Descriptor,
    StoredManifest,
    diff_ids_of,
)
from pratique.adapters.oci_layout import LayoutFiles, OciLayoutSource
from pratique.adapters.verified_reader import SizedReader, VerifiedReader, read_limited
from pratique.errors import InvalidValue, RegistryError
from pratique.model.digest import Digest
from pratique.model.image import Image, Layer, Platform
from pratique.model.reference import parse_reference
from pratique.ports.images import ByteReader

_MOST_LAYERS = 1000
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_COMPRESSIONS = {b"\x1f\x8b": "+gzip", b"\x28\xb5\x2f\xfd": "+zstd"}
_NAMED_BY_DIGEST = re.compile(r"(?:.*/)?([0-9a-f]{64})(?:\.json)?")
_PIECE = 1 << 20


def open_archive(path: Path, *, most_bytes: int = MOST_BYTES) -> ImageContent:
    """Return the images of the archive at ``path``, which may be compressed with gzip or zstd.

    ``most_bytes`` bounds what it may inflate to.  Raises RegistryError where it is no image archive.
    """
    archive = ArchiveFile(path, most_bytes=most_bytes)
    # Docker 25 and later write both; the layout has the manifests' true digests.
    if archive.size("oci-layout") is not None and archive.size("index.json") is not None:
        return OciLayoutSource(archive)
    if archive.size("manifest.json") is not None:
        return DockerArchiveSource(archive)
    if archive.size("repositories") is not None:
        raise RegistryError("the archive is of Docker before 1.10, which kept no digests", image=archive.name)
    raise RegistryError("the archive holds no image: neither index.json nor manifest.json is in it", image=archive.name)


class _Entry(msgspec.Struct, frozen=True, rename="pascal"):
    config: str
    layers: tuple[str, ...] | None = None
    repo_tags: tuple[str, ...] | None = None


class _Place(Struct, frozen=True):
    path: str
    size: int


class DockerArchiveSource(ImageContent):
    """Images of a ``docker save`` archive, which keeps no manifests: one is made up for each image.

    References are its tags, whole or short (``debian:12``, ``12``), or configuration digests.
    """

    def __init__(self, files: LayoutFiles) -> None:
        """Read ``files``; nothing is opened yet."""
        self._files = files
        self._lock = threading.Lock()
        self._made: tuple[StoredManifest, ...] | None = None
        self._places: dict[Digest, _Place] = {}

    def describe(self, reference: str) -> str:
        """Return the archive's path, with the reference behind it."""
        return f"{self._files.name}:{reference}" if reference else self._files.name

    def images(self, reference: str, platform: Platform | None = None) -> tuple[Image, ...]:
        """Resolve as every source does; the images' digests are their configurations'."""
        return tuple(replace(image, digest=image.config_digest) for image in super().images(reference, platform))

    def top(self, reference: str) -> StoredManifest:
        """Return the manifest made up for the image that ``reference`` names."""
        entries = self._entries()
        made = self._manifests_made(entries)
        found = {
            manifest.digest: manifest
            for entry, manifest in zip(entries, made, strict=True)
            if _is_named(entry, manifest, reference)
        }
        if len(found) == 1:
            return next(iter(found.values()))
        names = ", ".join(tag for entry in entries for tag in entry.repo_tags or ("an image without a tag",))
        if found:
            raise RegistryError(f"which of its images is meant must be said; there is {names}", image=self._files.name)
        raise RegistryError(
            f"there is no image {reference[:200]!r}; there is {names or 'none'}", image=self._files.name
        )

    def manifest(self, descriptor: Descriptor) -> StoredManifest:
        """Raise RegistryError: these archives hold no indexes, so nothing lists manifests."""
        raise RegistryError("the archive holds no manifests", image=self._files.name, layer=descriptor.digest)

    @contextmanager
    def open_blob(self, digest: Digest, size: int) -> Iterator[ByteReader]:
        """Open a configuration or layer."""
        with self._files.open(self._path(digest)) as stream:
            yield VerifiedReader(stream, digest=digest, size=size, image=self._files.name)

    @contextmanager
    def open_content(self, layer: Layer) -> Iterator[ByteReader]:
        """Open a layer's blob; its size is checked here, its content by its diff ID."""
        with self._files.open(self._path(layer.digest)) as stream:
            yield SizedReader(stream, digest=layer.digest, size=layer.size, image=self._files.name)

    def _path(self, digest: Digest) -> str:
        self._manifests_made(self._entries())
        place = self._places.get(digest)
        if place is None:
            raise RegistryError("is not in the archive", image=self._files.name, layer=digest)
        return place.path

    def _entries(self) -> tuple[_Entry, ...]:
        with self._files.open("manifest.json") as stream:
            body = read_limited(stream, MANIFEST_LIMIT, name=f"{self._files.name}: manifest.json")
        try:
            return msgspec.json.decode(body, type=tuple[_Entry, ...])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise RegistryError(f"manifest.json is not valid: {error}"[:300], image=self._files.name) from error

    def _manifests_made(self, entries: tuple[_Entry, ...]) -> tuple[StoredManifest, ...]:
        with self._lock:
            if self._made is None:
                self._made = tuple(self._make(entry) for entry in entries)
            return self._made

    def _make(self, entry: _Entry) -> StoredManifest:
        with self._files.open(entry.config) as stream:
            config = read_limited(stream, CONFIG_LIMIT, name=f"{self._files.name}: {entry.config[:200]}")
        digest = Digest(f"sha256:{hashlib.sha256(config).hexdigest()}")
        named = _NAMED_BY_DIGEST.fullmatch(entry.config)
        if named and f"sha256:{named[1]}" != digest:
            raise RegistryError(f"the configuration has the digest {digest}", image=self._files.name, path=entry.config)
        self._places[digest] = _Place(entry.config, len(config))
        diff_ids, paths = diff_ids_of(config, digest), entry.layers or ()
        if len(diff_ids) != len(paths) or len(paths) > _MOST_LAYERS:
            message = f"the configuration has {len(diff_ids)} diff IDs and manifest.json {len(paths)} layers"
            raise RegistryError(message, image=self._files.name)
        layers = [self._layer(path, diff_id) for path, diff_id in zip(paths, diff_ids, strict=True)]
        made = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": _wire(digest, len(config), OCI_CONFIG),
            "layers": layers,
        }
        body = msgspec.json.encode(made)
        return StoredManifest(body, Digest(f"sha256:{hashlib.sha256(body).hexdigest()}"), OCI_MANIFEST)

    def _layer(self, path: str, diff_id: str) -> dict[str, str | int]:
        """Describe a layer; a compressed one must be read for its digest, a plain one's is its diff ID."""
        size = self._files.size(path)
        if size is None:
            raise RegistryError("a layer is not in the archive", image=self._files.name, path=path)
        with self._files.open(path) as stream:
            chunk = stream.read(_PIECE)
            form = next((form for magic, form in _COMPRESSIONS.items() if chunk.startswith(magic)), "")
            digest = Digest(diff_id)
            if form:
                found = hashlib.sha256()
                while chunk:
                    found.update(chunk)
                    chunk = stream.read(_PIECE)
                digest = Digest(f"sha256:{found.hexdigest()}")
        self._places[digest] = _Place(path, size)
        return _wire(digest, size, f"{_LAYER}{form}")


def _wire(digest: Digest, size: int, media_type: str) -> dict[str, str | int]:
    return {"mediaType": media_type, "digest": digest, "size": size}


def _is_named(entry: _Entry, manifest: StoredManifest, reference: str) -> bool:
    if not reference or reference == manifest.digest:
        return True
    tags = entry.repo_tags or ()
    if reference in tags or reference in {tag.rpartition(":")[2] for tag in tags}:
        return True
    if reference.startswith("sha256:"):
        return entry.config.removesuffix(".json").endswith(reference.removeprefix("sha256:"))
    return _whole(reference) in {_whole(tag) for tag in tags}


def _whole(name: str) -> str:
    """Return a name with its host and tag spelled out, as it is where it is no reference."""
    try:
        parsed = parse_reference(name)
    except InvalidValue:
        return name
    return f"{parsed.address}/{parsed.repository}:{parsed.identifier}"
