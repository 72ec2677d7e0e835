"""Copies an image from any source into a registry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from urllib3.response import BaseHTTPResponse

from pratique.adapters.image_content import ImageContent
from pratique.adapters.image_manifest import Descriptor, ImageIndex, StoredManifest, is_foreign, parse_manifest
from pratique.adapters.registry_auth import ChallengeAuthorizer, Credentials
from pratique.adapters.registry_http import RegistryHttp, base_url, finish
from pratique.adapters.registry_v2 import check_status
from pratique.errors import RegistryError
from pratique.model.digest import Digest
from pratique.model.reference import check_address, check_repository, check_tag

_log = logging.getLogger(__name__)

_PIECE = 1 << 20
_OK = 200
_CREATED = 201
_ACCEPTED = 202
_DEEPEST_INDEX = 3

Progress = Callable[[int], None]
"""Told the size in bytes of each blob that is there now, whether it was copied or found."""


def push_image(
    source: ImageContent,
    reference: str,
    address: str,
    repository: str,
    tag: str,
    *,
    credentials: Credentials | None = None,
    allow_http: bool = False,
    progress: Progress | None = None,
) -> Digest:
    """Copy what ``source`` has under ``reference`` to ``address/repository:tag`` and return its digest.

    An index is copied with all its manifests that the source holds.  Blobs that are there already are left alone.
    Manifests go last, so a push that fails leaves no broken image.  Raises RegistryError.
    """
    check_repository(repository)
    check_tag(tag)
    authorizer = ChallengeAuthorizer(f"repository:{repository}:pull,push", credentials)
    http = RegistryHttp(base_url(check_address(address), allow_http=allow_http), authorizer, allow_http=allow_http)
    push = _Push(source, http, repository, progress or (lambda _: None))
    return push.manifest(source.top(reference), tag, _DEEPEST_INDEX)


class _Push:
    """One copy on its way."""

    def __init__(self, source: ImageContent, http: RegistryHttp, repository: str, progress: Progress) -> None:
        self._source = source
        self._http = http
        self._repository = repository
        self._progress = progress
        self._done: set[Digest] = set()

    def manifest(self, stored: StoredManifest, reference: str, deepest: int) -> Digest:
        """Copy everything under a manifest, then the manifest itself, to a tag or its digest."""
        parsed = parse_manifest(stored)
        if isinstance(parsed, ImageIndex):
            return self._index(stored, parsed, reference, deepest)
        for item in (parsed.config, *parsed.layers):
            if item.digest not in self._done and not is_foreign(item.media_type):
                self._blob(item)
                self._done.add(item.digest)
                self._progress(item.size)
        self._put(stored, reference)
        return stored.digest

    def _index(self, stored: StoredManifest, index: ImageIndex, reference: str, deepest: int) -> Digest:
        if not deepest:
            raise RegistryError(f"indexes are nested over {_DEEPEST_INDEX} deep", image=stored.digest)
        held = [item for item in index.manifests if self._source.holds(item)]
        if len(held) < len(index.manifests):
            return self._only(stored, [item for item in held if not item.is_attestation()], reference, deepest)
        for item in held:
            self.manifest(self._source.manifest(item), item.digest, deepest - 1)
        self._put(stored, reference)
        return stored.digest

    def _only(self, stored: StoredManifest, held: list[Descriptor], reference: str, deepest: int) -> Digest:
        """Copy the one image that is there of an index whose others are not, as archives of one platform are."""
        if len(held) != 1:
            raise RegistryError(f"{len(held)} of the index's images are here: say by digest which", image=stored.digest)
        return self.manifest(self._source.manifest(held[0]), reference, deepest - 1)

    def _blob(self, item: Descriptor) -> None:
        path = f"v2/{self._repository}/blobs/{item.digest}"
        response = self._http.request("HEAD", path)
        there = response.status == _OK
        finish(response)
        if there:
            _log.debug("blob is there already", extra={"layer": item.digest})
            return
        with self._source.open_blob(item.digest, item.size) as reader:
            pieces = iter(lambda: reader.read(_PIECE), b"")
            self._upload(item, pieces)

    def _upload(self, item: Descriptor, pieces: Iterator[bytes]) -> None:
        started = self._http.request("POST", f"v2/{self._repository}/blobs/uploads/", body=b"")
        self._expect(started, _ACCEPTED, item.digest)
        location = started.headers.get("Location", "")
        if not location:
            raise RegistryError("the registry names no place to upload to", layer=item.digest)
        url = f"{location}{'&' if '?' in location else '?'}digest={item.digest}"
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(item.size)}
        self._expect(self._http.request("PUT", url, headers=headers, body=pieces), _CREATED, item.digest)

    def _put(self, stored: StoredManifest, reference: str) -> None:
        path = f"v2/{self._repository}/manifests/{reference}"
        headers = {"Content-Type": stored.type_to_serve()}
        self._expect(self._http.request("PUT", path, headers=headers, body=stored.body), _CREATED, stored.digest)

    def _expect(self, response: BaseHTTPResponse, status: int, digest: str) -> None:
        check_status(response, status, f"{self._http.host}/{self._repository}", layer=digest)
        finish(response)
