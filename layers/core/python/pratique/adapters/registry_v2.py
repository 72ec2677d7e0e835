"""Images in a registry, by the OCI distribution protocol.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md.  Nothing that the registry says is believed:
digests and sizes of manifests, configurations and blobs are checked while they are read.  Against server-side
request forgery a registry's redirects and token server are held to https and to public addresses, or
to the kind of address that the registry itself has; `RegistryHttp` and `AddressPolicy` say how.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import urllib3
from urllib3.response import BaseHTTPResponse

from pratique.adapters.image_content import ImageContent, checked_manifest
from pratique.adapters.image_manifest import (
    MANIFEST_LIMIT,
    MANIFEST_TYPES,
    Descriptor,
    ImageIndex,
    StoredManifest,
    parse_manifest,
)
from pratique.adapters.registry_auth import ChallengeAuthorizer, Credentials
from pratique.adapters.registry_http import RegistryHttp, base_url, finish
from pratique.adapters.verified_reader import VerifiedReader
from pratique.errors import NotAnImage, RegistryError
from pratique.model.digest import Digest, parse_digest
from pratique.model.reference import check_repository, check_tag
from pratique.ports.images import ByteReader
from pratique.ports.registry_lists import Listed

_OK = 200
_PARTIAL = 206
_NOT_FOUND = 404
_BUSY = 429
_SERVER_ERROR = 500
_WHY = {401: "it needs credentials, or others than these", 403: "access to it is denied", 404: "there is no such thing"}
_RESUMES = 3
_PAGE = 1000
_MOST_PAGES = 100
_PAGE_LIMIT = 8 << 20
_TAGS_SHOWN = 20
_ACCEPT = ", ".join((*MANIFEST_TYPES, "application/vnd.docker.distribution.manifest.v1+prettyjws;q=0.1"))
_NEXT = re.compile(r"<([^>]+)>\s*;.*?\brel=\"?next\"?", re.IGNORECASE)


class RegistrySource(ImageContent):
    """One repository of one registry."""

    def __init__(self, http: RegistryHttp, repository: str, *, address: str = "") -> None:
        """Read ``repository`` through ``http``; ``address`` is the registry's name in messages and references."""
        self._http = http
        self._repository = check_repository(repository)
        self._address = address or http.host

    def describe(self, reference: str) -> str:
        """Return ``host/repository:tag`` or ``host/repository@digest``."""
        joint = "@" if reference.startswith("sha256:") else ":"
        return f"{self._address}/{self._repository}{joint}{reference or 'latest'}"

    def top(self, reference: str) -> StoredManifest:
        """Return what the registry has under a tag (empty: ``latest``) or digest."""
        name = self.describe(reference)
        asked = parse_digest(reference) if reference.startswith("sha256:") else None
        response = self._manifest(reference if asked else check_tag(reference or "latest"))
        if response.status == _NOT_FOUND:
            finish(response)
            raise RegistryError(f"there is no such image{self._hint()}", image=name)
        body, media_type = self._manifest_body(response, name), _media_type(response)
        digest = Digest(f"sha256:{hashlib.sha256(body).hexdigest()}")
        said = asked or response.headers.get("Docker-Content-Digest", "")
        if said.startswith("sha256:") and said != digest:
            raise RegistryError(f"the manifest has the digest {digest}, not {said[:80]}", image=name)
        return StoredManifest(body, digest, media_type)

    def manifest(self, descriptor: Descriptor) -> StoredManifest:
        """Return a manifest by digest."""
        response = self._manifest(descriptor.digest)
        return checked_manifest(self._manifest_body(response, self.describe(descriptor.digest)), descriptor)

    @contextmanager
    def open_blob(self, digest: Digest, size: int) -> Iterator[ByteReader]:
        """Open a blob; a connection that breaks is taken up again where it broke."""
        stream = _BlobStream(self._http, lambda offset: self._blob(digest, offset), size)
        try:
            yield VerifiedReader(stream, digest=digest, size=size, image=f"{self._address}/{self._repository}")
        finally:
            stream.close()

    def tags(self) -> Iterator[str]:
        """Yield every tag of the repository, page by page, in the registry's order."""
        path = f"v2/{self._repository}/tags/list?n={_PAGE}"
        yield from (tag for page in pages(self._http, path) for tag in page.tags or ())

    def children(self, digest: Digest) -> tuple[Digest, ...]:
        """Return the images that an index lists, attestations left out; raises RegistryError."""
        parsed = parse_manifest(self.top(digest))
        if not isinstance(parsed, ImageIndex):
            return (digest,)
        return tuple(item.digest for item in parsed.manifests if not item.is_attestation())

    def listed(self) -> tuple[Listed, ...]:
        """Return the tagged images; the protocol tells neither untagged ones nor when any was pushed."""
        tags: dict[Digest, list[str]] = {}
        for tag in self._tags_there():
            stored = self.top(tag)
            try:
                found = self.children(stored.digest)
            except NotAnImage:
                continue
            for digest in found:
                tags.setdefault(digest, []).append(tag)
        return tuple(Listed(digest, tuple(names), None) for digest, names in tags.items())

    def _tags_there(self) -> tuple[str, ...]:
        """Return the tags, none where there is no such repository."""
        response = self._http.request("GET", f"v2/{self._repository}/tags/list?n=1")
        status = response.status
        finish(response)
        return () if status == _NOT_FOUND else tuple(self.tags())

    def _manifest(self, reference: str) -> BaseHTTPResponse:
        return self._http.request("GET", f"v2/{self._repository}/manifests/{reference}", headers={"Accept": _ACCEPT})

    def _manifest_body(self, response: BaseHTTPResponse, name: str) -> bytes:
        check_status(response, _OK, name)
        return self._http.read_limited(response, MANIFEST_LIMIT)

    def _blob(self, digest: Digest, offset: int) -> BaseHTTPResponse:
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        response = self._http.request("GET", f"v2/{self._repository}/blobs/{digest}", headers=headers)
        check_status(response, _PARTIAL if offset else _OK, f"{self._address}/{self._repository}", layer=digest)
        if offset and not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
            response.close()
            raise RegistryError("the registry cannot continue a broken download", layer=digest, retryable=True)
        return response

    def _hint(self) -> str:
        """Name the tags that there are, as far as the registry tells."""
        try:
            tags = list(self.tags())
        except RegistryError:
            return ""
        more = f" and {len(tags) - _TAGS_SHOWN} more" if len(tags) > _TAGS_SHOWN else ""
        return f"; the repository has the tags {', '.join(tags[:_TAGS_SHOWN])}{more}" if tags else ""


def registry_source(
    address: str,
    repository: str,
    *,
    credentials: Credentials | None = None,
    allow_http: bool = False,
    allow_private: bool = False,
) -> RegistrySource:
    """Return a repository of the registry that references name ``address`` (``host[:port]``)."""
    authorizer = ChallengeAuthorizer(f"repository:{repository}:pull", credentials)
    url = base_url(address, allow_http=allow_http)
    http = RegistryHttp(url, authorizer, allow_http=allow_http, allow_private=allow_private)
    return RegistrySource(http, repository, address=address)


def catalog(address: str, *, credentials: Credentials | None = None) -> Iterator[str]:
    """Yield the repositories of a registry; raises RegistryError where it does not list them, as some do not."""
    authorizer = ChallengeAuthorizer("registry:catalog:*", credentials)
    http = RegistryHttp(base_url(address), authorizer)
    yield from (name for page in pages(http, f"v2/_catalog?n={_PAGE}") for name in page.repositories or ())


class Page(msgspec.Struct):
    """One page of a list of tags or repositories."""

    tags: tuple[str, ...] | None = None
    repositories: tuple[str, ...] | None = None


def pages(http: RegistryHttp, path: str) -> Iterator[Page]:
    """Yield the pages of a list, following ``Link`` headers on the registry's own host."""
    for _ in range(_MOST_PAGES):
        response = http.request("GET", path)
        check_status(response, _OK, http.host)
        following = _NEXT.search(response.headers.get("Link", "")[:4096])
        try:
            yield msgspec.json.decode(http.read_limited(response, _PAGE_LIMIT), type=Page)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RegistryError(f"{http.host} sent a malformed list") from error
        if following is None:
            return
        path = following[1]
    raise RegistryError(f"{http.host} lists over {_MOST_PAGES} pages")


def check_status(response: BaseHTTPResponse, wanted: int, image: str, *, layer: str = "") -> None:
    """Raise RegistryError, with what the status means, unless it is ``wanted``; the answer is then finished."""
    status = response.status
    if status == wanted:
        return
    finish(response)
    why = _WHY.get(status, "the registry cannot serve it")
    retryable = status == _BUSY or status >= _SERVER_ERROR
    raise RegistryError(f"{why} (HTTP {status})", image=image, layer=layer, retryable=retryable)


class _BlobStream:
    """A blob's raw bytes, over as many connections as it takes; only time spent waiting counts as slow."""

    def __init__(self, http: RegistryHttp, connect: Callable[[int], BaseHTTPResponse], size: int) -> None:
        self._http = http
        self._connect = connect
        self._size = size
        self._position = 0
        self._waited = 0.0
        self._resumes = 0
        self._response: BaseHTTPResponse | None = None

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, ``b""`` where the body ends."""
        while True:
            started = time.monotonic()
            cause: urllib3.exceptions.HTTPError | None = None
            chunk = b""
            try:
                self._response = self._response or self._first()
                chunk = self._response.read1(size, decode_content=False)
            except urllib3.exceptions.HTTPError as error:
                cause = error
            self._position += len(chunk)
            self._waited += time.monotonic() - started
            self._http.check_speed(self._waited, self._position)
            if chunk or (cause is None and self._position >= self._size):
                return chunk
            self._resume(cause)

    def close(self) -> None:
        """Close the connection, which may be in the middle of a body."""
        if self._response is not None:
            finish(self._response)

    def _first(self) -> BaseHTTPResponse:
        response = self._connect(0)
        stated = response.headers.get("Content-Length", "")
        if stated.isascii() and stated.isdigit() and int(stated) != self._size:
            response.close()
            raise RegistryError(f"the registry has a blob of {int(stated)} bytes, the manifest says {self._size}")
        return response

    def _resume(self, cause: urllib3.exceptions.HTTPError | None) -> None:
        if self._response is not None:
            self._response.close()
        self._resumes += 1
        if self._resumes > _RESUMES or self._position >= self._size:
            message = f"{self._http.host} broke off after {self._position} of {self._size} bytes"
            raise RegistryError(message, retryable=True) from cause
        self._response = self._connect(self._position) if self._position else self._first()


def _media_type(response: BaseHTTPResponse) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
