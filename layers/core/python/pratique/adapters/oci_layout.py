"""An OCI image layout: a folder of blobs by digest with an index of tags.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

from pratique.adapters.image_content import ImageContent, checked_manifest
from pratique.adapters.image_manifest import (
    MANIFEST_LIMIT,
    Descriptor,
    ImageIndex,
    StoredManifest,
    parse_manifest,
)
from pratique.adapters.verified_reader import SizedReader, VerifiedReader, read_limited, read_verified
from pratique.errors import RegistryError
from pratique.model.digest import Digest
from pratique.model.image import Layer
from pratique.ports.images import ByteReader

_TAG = "org.opencontainers.image.ref.name"
_FULL_NAME = "io.containerd.image.name"  # written by containerd and by Docker since 25
_TAGS_SHOWN = 20


class LayoutFiles(Protocol):
    """The files of one layout, in a folder or inside an archive."""

    @property
    def name(self) -> str:
        """What a person calls this layout."""
        ...

    def open(self, path: str) -> AbstractContextManager[ByteReader]:
        """Open a file by its path in the layout; raises RegistryError where there is none."""
        ...

    def size(self, path: str) -> int | None:
        """Return the size of a file in bytes, or None where there is none."""
        ...


class LayoutFolder:
    """A layout that lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self._folder)

    @contextmanager
    def open(self, path: str) -> Iterator[ByteReader]:
        """Open a file of the layout; symbolic links that lead out of the folder are refused."""
        try:
            stream = self._inside(path).open("rb", buffering=0)
        except OSError as error:
            raise self._unreadable(error, path) from error
        with stream:
            yield _FileReader(stream, lambda error: self._unreadable(error, path))

    def size(self, path: str) -> int | None:
        """Return a file's size, or None where there is none."""
        try:
            return self._inside(path).stat().st_size
        except OSError:
            return None

    def _unreadable(self, error: OSError, path: str) -> RegistryError:
        return RegistryError(f"cannot be read: {error.strerror}", image=self.name, path=path)

    def _inside(self, path: str) -> Path:
        file = (self._folder / path).resolve()
        if not file.is_relative_to(self._folder.resolve()):
            raise RegistryError("the path leads out of the layout", image=self.name, path=path)
        return file


class _FileReader:
    """A file whose failures are told as the layout's."""

    def __init__(self, stream: FileIO, unreadable: Callable[[OSError], RegistryError]) -> None:
        self._stream = stream
        self._unreadable = unreadable

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, ``b""`` at the end."""
        try:
            return self._stream.read(size)
        except OSError as error:
            raise self._unreadable(error) from error


class OciLayoutSource(ImageContent):
    """Images of one OCI layout; references are its tags, digests or full image names."""

    def __init__(self, files: LayoutFiles) -> None:
        """Read ``files``; nothing is opened yet."""
        self._files = files

    def describe(self, reference: str) -> str:
        """Return ``folder``, ``folder:tag`` or ``folder@digest``."""
        joint = "@" if reference.startswith("sha256:") else ":"
        return f"{self._files.name}{joint}{reference}" if reference else self._files.name

    def top(self, reference: str) -> StoredManifest:
        """Return what the layout's index has under ``reference``."""
        entries = self._entries()
        found = {item.digest: item for item in entries if _is_named(item, reference)}
        if not found and reference.startswith("sha256:"):
            return self._untagged(Digest(reference))
        if not found and reference:
            raise self._error(f"there is no tag {reference[:128]!r}", entries)
        if len(found) > 1 and not reference:
            found = {item.digest: item for item in found.values() if "latest" in _names(item)} or found
        if len(found) > 1:
            raise self._error("which of its images is meant must be said", entries)
        if not found:
            raise RegistryError("the layout's index lists no image", image=self._files.name)
        return self.manifest(next(iter(found.values())))

    def manifest(self, descriptor: Descriptor) -> StoredManifest:
        """Return a manifest out of the layout's blobs."""
        path = _blob_path(descriptor.digest)
        with self._files.open(path) as stream:
            body = read_verified(
                stream, digest=descriptor.digest, size=descriptor.size, limit=MANIFEST_LIMIT, image=self._files.name
            )
        return checked_manifest(body, descriptor)

    @contextmanager
    def open_blob(self, digest: Digest, size: int) -> Iterator[ByteReader]:
        """Open one of the layout's blobs."""
        with self._files.open(_blob_path(digest)) as stream:
            yield VerifiedReader(stream, digest=digest, size=size, image=self._files.name)

    @contextmanager
    def open_content(self, layer: Layer) -> Iterator[ByteReader]:
        """Open a layer's blob; its size is checked here, its content by its diff ID."""
        with self._files.open(_blob_path(layer.digest)) as stream:
            yield SizedReader(stream, digest=layer.digest, size=layer.size, image=self._files.name)

    def holds(self, descriptor: Descriptor) -> bool:
        """Whether the blob is there."""
        return self._files.size(_blob_path(descriptor.digest)) is not None

    def tags(self) -> tuple[str, ...]:
        """Every tag or name in the layout's index, in order."""
        return tuple(dict.fromkeys(name for item in self._entries() for name in _names(item)[:1]))

    def _entries(self) -> tuple[Descriptor, ...]:
        with self._files.open("index.json") as stream:
            body = read_limited(stream, MANIFEST_LIMIT, name=f"{self._files.name}: index.json")
        parsed = parse_manifest(StoredManifest(body, Digest(f"sha256:{hashlib.sha256(body).hexdigest()}")))
        if not isinstance(parsed, ImageIndex):
            raise RegistryError("index.json is not an image index", image=self._files.name)
        return parsed.manifests

    def _untagged(self, digest: Digest) -> StoredManifest:
        """Return a manifest that no tag names, as a platform's is."""
        size = self._files.size(_blob_path(digest))
        if size is None:
            raise self._error(f"there is no manifest {digest}", self._entries())
        return self.manifest(Descriptor(digest=digest, size=size))

    def _error(self, message: str, entries: tuple[Descriptor, ...]) -> RegistryError:
        names = list(dict.fromkeys(_names(item)[0] if _names(item) else item.digest for item in entries))
        shown = ", ".join(names[:_TAGS_SHOWN]) or "nothing"
        more = f" and {len(names) - _TAGS_SHOWN} more" if len(names) > _TAGS_SHOWN else ""
        return RegistryError(f"{message}; there is {shown}{more}", image=self._files.name)


def _blob_path(digest: Digest) -> str:
    return f"blobs/sha256/{digest.removeprefix('sha256:')}"


def _names(item: Descriptor) -> tuple[str, ...]:
    annotations = item.annotations or {}
    return tuple(annotations[key] for key in (_TAG, _FULL_NAME) if annotations.get(key))


def _is_named(item: Descriptor, reference: str) -> bool:
    return not reference or reference == item.digest or reference in _names(item)
