"""The embedded registry's disk: blobs by digest, and for each repository its manifests and tags.

Blobs are shared by all repositories, because the whole registry is one person's.  Layout under the folder:
``blobs/<hex>``, ``uploads/<id>``, ``repositories/<name>/_manifests/<hex>`` (the media type),
``repositories/<name>/_tags/<tag>`` (a digest).
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field

from pratique.adapters.image_manifest import ImageIndex, StoredManifest, is_foreign, parse_manifest
from pratique.errors import InvalidValue, RegistryError
from pratique.model.digest import Digest, parse_digest
from pratique.model.reference import check_repository, check_tag

_MOST_UPLOADS = 256


class Unknown(RegistryError):
    """What was asked for, or what a manifest refers to, is not in the registry."""


class _Upload(Struct):
    path: Path
    size: int = 0
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)
    lock: threading.Lock = field(default_factory=threading.Lock)


class RegistryStore:
    """Content-addressed storage in one folder; used from several threads of one process."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        """Keep everything under ``folder``; ``most_bytes`` bounds one blob."""
        self._blobs = folder / "blobs"
        self._uploads = folder / "uploads"
        self._repositories = folder / "repositories"
        self._most_bytes = most_bytes
        self._open: dict[str, _Upload] = {}
        self._lock = threading.Lock()
        for part in (self._blobs, self._uploads, self._repositories):
            part.mkdir(parents=True, exist_ok=True)
        for left_over in self._uploads.iterdir():
            left_over.unlink()

    def blob(self, digest: Digest) -> Path:
        """Return the file of a blob; raises Unknown where there is none."""
        path = self._blobs / digest.removeprefix("sha256:")
        if not path.is_file():
            raise Unknown(f"there is no blob {digest}")
        return path

    def start_upload(self) -> str:
        """Begin a blob and return the upload's id; raises RegistryError where too many are open."""
        with self._lock:
            if len(self._open) >= _MOST_UPLOADS:
                raise RegistryError("too many uploads are open", retryable=True)
            name = uuid.uuid4().hex
            self._open[name] = _Upload(self._uploads / name)
            self._open[name].path.touch()
            return name

    def append(self, upload: str, chunks: Iterable[bytes]) -> int:
        """Add to a blob that is being uploaded and return its size so far in bytes; ends the upload on failure."""
        found = self._upload(upload)
        try:
            with found.lock, found.path.open("ab") as output:
                for chunk in chunks:
                    self._check_size(found.size + len(chunk))
                    found.size += len(chunk)
                    found.hash.update(chunk)
                    output.write(chunk)
        except BaseException:
            self.cancel(upload)
            raise
        return found.size

    def upload_size(self, upload: str) -> int:
        """Return how many bytes of an upload have arrived; raises Unknown where it is not open."""
        return self._upload(upload).size

    def finish_upload(self, upload: str, digest: Digest) -> None:
        """Make the uploaded bytes a blob; raises InvalidValue where they have another digest."""
        found = self._upload(upload)
        actual = f"sha256:{found.hash.hexdigest()}"
        if actual != digest:
            self.cancel(upload)
            raise InvalidValue(f"the uploaded blob has the digest {actual}")
        found.path.replace(self._blobs / digest.removeprefix("sha256:"))
        with self._lock:
            self._open.pop(upload, None)

    def cancel(self, upload: str) -> None:
        """Drop an upload."""
        with self._lock:
            found = self._open.pop(upload, None)
        if found is not None:
            found.path.unlink(missing_ok=True)

    def put_manifest(self, repository: str, reference: str, body: bytes, media_type: str) -> Digest:
        """Store a manifest under a tag or its digest and return the digest.

        Raises InvalidValue where ``reference`` is another digest, Unknown where a blob or manifest that it lists
        is missing, RegistryError where it is no image manifest or index.
        """
        check_repository(repository)
        digest = Digest(f"sha256:{hashlib.sha256(body).hexdigest()}")
        if reference.startswith("sha256:") and reference != digest:
            raise InvalidValue(f"the manifest has the digest {digest}")
        stored = StoredManifest(body, digest, media_type)
        self._check_parts(repository, stored)
        _write(self._blobs / digest.removeprefix("sha256:"), body)
        _write(self._manifest_path(repository, digest), stored.type_to_serve().encode())
        if reference != digest:
            _write(self._repositories / repository / "_tags" / check_tag(reference), digest.encode())
        return digest

    def manifest(self, repository: str, reference: str) -> StoredManifest:
        """Return a manifest by tag or digest; raises Unknown where there is none."""
        check_repository(repository)
        digest = self._digest(repository, reference)
        path = self._manifest_path(repository, digest)
        if not path.is_file():
            raise Unknown(f"{repository} has no manifest {reference[:128]}")
        return StoredManifest(self.blob(digest).read_bytes(), digest, path.read_text())

    def delete_manifest(self, repository: str, reference: str) -> None:
        """Take a tag away or, by digest, a manifest with its tags; raises Unknown where there is none."""
        digest = self.manifest(repository, reference).digest
        if reference != digest:
            (self._repositories / repository / "_tags" / reference).unlink()
            return
        for tag in self.tags(repository):
            if self._digest(repository, tag) == digest:
                (self._repositories / repository / "_tags" / tag).unlink()
        self._manifest_path(repository, digest).unlink()

    def tags(self, repository: str) -> tuple[str, ...]:
        """Return a repository's tags in order; raises Unknown where there is no such repository."""
        folder = self._repositories / check_repository(repository)
        if not (folder / "_manifests").is_dir():
            raise Unknown(f"there is no repository {repository}")
        tags = folder / "_tags"
        return tuple(sorted(path.name for path in tags.iterdir() if not _is_unfinished(path))) if tags.is_dir() else ()

    def digests(self, repository: str) -> tuple[tuple[Digest, float], ...]:
        """Return every manifest of a repository, with the moment that it was put, in seconds of the epoch."""
        folder = self._repositories / check_repository(repository) / "_manifests"
        found = folder.iterdir() if folder.is_dir() else ()
        return tuple(
            (parse_digest(f"sha256:{path.name}"), path.stat().st_mtime)
            for path in sorted(found)
            if not _is_unfinished(path)
        )

    def repositories(self) -> tuple[str, ...]:
        """Return the names of all repositories in order."""
        found = self._repositories.rglob("_manifests")
        return tuple(sorted(path.parent.relative_to(self._repositories).as_posix() for path in found))

    def _check_size(self, size: int) -> None:
        if size > self._most_bytes:
            raise RegistryError(f"a blob may have {self._most_bytes} bytes at most")

    def _check_parts(self, repository: str, stored: StoredManifest) -> None:
        parsed = parse_manifest(stored)
        if isinstance(parsed, ImageIndex):
            for item in parsed.manifests:
                self.manifest(repository, item.digest)
            return
        for item in (parsed.config, *parsed.layers):
            if not is_foreign(item.media_type):
                self.blob(item.digest)

    def _digest(self, repository: str, reference: str) -> Digest:
        if reference.startswith("sha256:"):
            return parse_digest(reference)
        tag = self._repositories / repository / "_tags" / check_tag(reference)
        if not tag.is_file():
            raise Unknown(f"{repository} has no tag {reference}")
        return parse_digest(tag.read_text())

    def _manifest_path(self, repository: str, digest: Digest) -> Path:
        return self._repositories / repository / "_manifests" / digest.removeprefix("sha256:")

    def _upload(self, upload: str) -> _Upload:
        with self._lock:
            found = self._open.get(upload)
        if found is None:
            raise Unknown("there is no such upload")
        return found


def _write(path: Path, body: bytes) -> None:
    """Write a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid.uuid4().hex}")
    unfinished.write_bytes(body)
    unfinished.replace(path)


def _is_unfinished(path: Path) -> bool:
    return path.name.startswith(".")
