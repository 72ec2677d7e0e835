"""One connection to the embedded registry: routes, bodies and answers of the distribution protocol."""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import BinaryIO, ClassVar, Protocol, cast
from urllib.parse import parse_qs, urlsplit

from pratique.adapters.image_manifest import MANIFEST_LIMIT
from pratique.errors import InvalidValue, RegistryError
from pratique.local.registry_store import RegistryStore, Unknown
from pratique.local.request_body import Refused, RequestBody
from pratique.model.digest import parse_digest

_log = logging.getLogger(__name__)

_NAME = r"/v2/(?P<name>[a-z0-9._/-]{1,255})"
_UPLOAD = _NAME + r"/blobs/uploads/(?P<upload>[0-9a-f]{32})"
_PIECE = 1 << 20
_PAGE = 1000


class Served(Protocol):
    """What a connection needs of its server."""

    store: RegistryStore
    authorization: str | None

    @property
    def address(self) -> str:
        """The server's ``host:port``."""
        ...


class RegistryRequests(BaseHTTPRequestHandler):
    """Requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """Answer a pull."""
        self._answer_request()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Log a request where debugging is on; the lines hold no headers."""
        _log.debug(format, *args)

    def version_string(self) -> str:
        """Tell clients nothing about versions."""
        return "pratique"

    @property
    def _served(self) -> Served:
        return cast("Served", self.server)

    def _answer_request(self) -> None:
        self._body = RequestBody(self.headers, self.rfile)
        try:
            self._check_caller()
            self._route()
        except Refused as refusal:
            self._refuse(refusal)
        except Unknown as error:
            self._refuse(Refused(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", str(error)))
        except (InvalidValue, RegistryError) as error:
            self._refuse(Refused(HTTPStatus.BAD_REQUEST, "MANIFEST_INVALID", str(error)))
        except OSError:
            self.close_connection = True

    def _check_caller(self) -> None:
        # A web page in the user's browser can be made to speak to loopback under a name of its own.
        host = self.headers.get("Host", "")
        port = self._served.address.rpartition(":")[2]
        if host not in (self._served.address, f"localhost:{port}", f"127.0.0.1:{port}"):
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "DENIED", "this registry is not known by that name")
        expected = self._served.authorization
        given = self.headers.get("Authorization", "")
        if expected is not None and not hmac.compare_digest(expected.encode(), given.encode("latin-1", "replace")):
            raise Refused(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "credentials are needed")

    def _route(self) -> None:
        parts = urlsplit(self.path)
        self._query = {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=20).items()}
        command = "GET" if self.command == "HEAD" else self.command
        for method, pattern, action in self._ROUTES:
            match = pattern.fullmatch(parts.path)
            if match and method == command:
                action(self, **match.groupdict())
                return
        known = any(pattern.fullmatch(parts.path) for _, pattern, _ in self._ROUTES)
        status = HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND
        raise Refused(status, "UNSUPPORTED", "there is no such operation")

    def _version(self) -> None:
        self._json({})

    def _catalog(self) -> None:
        self._list("repositories", self._served.store.repositories(), {})

    def _tags(self, name: str) -> None:
        self._list("tags", self._served.store.tags(name), {"name": name})

    def _get_manifest(self, name: str, reference: str) -> None:
        try:
            found = self._served.store.manifest(name, reference)
        except Unknown as error:
            raise Refused(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", str(error)) from error
        headers = {"Content-Type": found.media_type, "Docker-Content-Digest": found.digest}
        self._answer(HTTPStatus.OK, found.body, headers)

    def _put_manifest(self, name: str, reference: str) -> None:
        body = b"".join(self._body.pieces(MANIFEST_LIMIT))
        media_type = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            digest = self._served.store.put_manifest(name, reference, body, media_type)
        except Unknown as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "MANIFEST_BLOB_UNKNOWN", str(error)) from error
        location = f"/v2/{name}/manifests/{digest}"
        self._answer(HTTPStatus.CREATED, b"", {"Location": location, "Docker-Content-Digest": digest})

    def _delete_manifest(self, name: str, reference: str) -> None:
        self._served.store.delete_manifest(name, reference)
        self._answer(HTTPStatus.ACCEPTED, b"", {})

    def _get_blob(self, name: str, digest: str) -> None:  # noqa: ARG002 - blobs are shared by all repositories
        try:
            path = self._served.store.blob(parse_digest(digest))
        except Unknown as error:
            raise Refused(HTTPStatus.NOT_FOUND, "BLOB_UNKNOWN", str(error)) from error
        size = path.stat().st_size
        start = self._range_start(size)
        headers = {
            "Content-Type": "application/octet-stream",
            "Docker-Content-Digest": digest,
            "Accept-Ranges": "bytes",
        }
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self._begin(HTTPStatus.PARTIAL_CONTENT if start else HTTPStatus.OK, size - start, headers)
        if self.command != "HEAD":
            with path.open("rb") as stream:
                stream.seek(start)
                self._send(stream)

    def _start_upload(self, name: str) -> None:
        store = self._served.store
        mount = self._query.get("mount")
        if mount is not None and self._has_blob(mount):
            self._created(name, mount)
            return
        upload = store.start_upload()
        digest = self._query.get("digest")
        if digest is None:
            self._drain()
            self._accepted(name, upload)
            return
        store.append(upload, self._body.pieces())
        store.finish_upload(upload, parse_digest(digest))
        self._created(name, digest)

    def _append_upload(self, name: str, upload: str) -> None:
        self._check_order(upload)
        self._served.store.append(upload, self._body.pieces())
        self._accepted(name, upload)

    def _finish_upload(self, name: str, upload: str) -> None:
        digest = parse_digest(self._query.get("digest", ""))
        self._served.store.append(upload, self._body.pieces())
        self._served.store.finish_upload(upload, digest)
        self._created(name, digest)

    def _upload_state(self, name: str, upload: str) -> None:
        self._accepted(name, upload, HTTPStatus.NO_CONTENT)

    def _cancel_upload(self, name: str, upload: str) -> None:  # noqa: ARG002 - uploads are known by id alone
        self._served.store.cancel(upload)
        self._answer(HTTPStatus.NO_CONTENT, b"", {})

    def _has_blob(self, digest: str) -> bool:
        try:
            self._served.store.blob(parse_digest(digest))
        except (Unknown, InvalidValue):
            return False
        return True

    def _check_order(self, upload: str) -> None:
        """Refuse a chunk that does not begin where the last one ended."""
        match = re.match(r"(?:bytes[= ])?(\d{1,20})-", self.headers.get("Content-Range", ""))
        if match and int(match[1]) != self._served.store.upload_size(upload):
            raise Refused(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "BLOB_UPLOAD_INVALID", "chunks are out of order")

    def _range_start(self, size: int) -> int:
        match = re.fullmatch(r"bytes=(\d{1,20})-", self.headers.get("Range", ""))
        start = int(match[1]) if match else 0
        if start and start >= size:
            raise Refused(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "SIZE_INVALID", "the blob ends before that")
        return start

    def _accepted(self, name: str, upload: str, status: HTTPStatus = HTTPStatus.ACCEPTED) -> None:
        last = max(self._served.store.upload_size(upload) - 1, 0)
        location = f"/v2/{name}/blobs/uploads/{upload}"
        self._answer(status, b"", {"Location": location, "Range": f"0-{last}", "Docker-Upload-UUID": upload})

    def _created(self, name: str, digest: str) -> None:
        self._drain()
        headers = {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest}
        self._answer(HTTPStatus.CREATED, b"", headers)

    def _list(self, key: str, names: tuple[str, ...], more: Mapping[str, str]) -> None:
        after = self._query.get("last", "")
        asked = self._query.get("n", "")
        count = min(int(asked), _PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 10 else _PAGE  # noqa: PLR2004
        rest = [name for name in names if name > after]
        page = rest[:count]
        link = {}
        if page and len(rest) > len(page):
            link = {"Link": f'<{urlsplit(self.path).path}?n={count}&last={page[-1]}>; rel="next"'}
        self._json({**more, key: page}, link)

    def _drain(self) -> None:
        for _ in self._body.pieces(MANIFEST_LIMIT):
            pass

    def _json(self, document: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
        self._answer(
            HTTPStatus.OK, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})}
        )

    def _refuse(self, refusal: Refused) -> None:
        document = {"errors": [{"code": refusal.code, "message": str(refusal)[:500]}]}
        headers = {"Content-Type": "application/json"}
        if refusal.status is HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Basic realm="pratique"'
        if not self._body.is_read:
            self.close_connection = True
            headers["Connection"] = "close"
        try:
            self._answer(refusal.status, json.dumps(document).encode(), headers)
        except OSError:
            self.close_connection = True

    def _answer(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self._begin(status, len(body), headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _begin(self, status: HTTPStatus, length: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(length))
        self.send_header("Docker-Distribution-API-Version", "registry/2.0")
        self.end_headers()

    def _send(self, stream: BinaryIO) -> None:
        while piece := stream.read(_PIECE):
            self.wfile.write(piece)

    _ROUTES: ClassVar[tuple[tuple[str, re.Pattern[str], Callable[..., None]], ...]] = (
        ("GET", re.compile(r"/v2/?"), _version),
        ("GET", re.compile(r"/v2/_catalog"), _catalog),
        ("GET", re.compile(_NAME + r"/tags/list"), _tags),
        ("GET", re.compile(_NAME + r"/manifests/(?P<reference>[^/]+)"), _get_manifest),
        ("PUT", re.compile(_NAME + r"/manifests/(?P<reference>[^/]+)"), _put_manifest),
        ("DELETE", re.compile(_NAME + r"/manifests/(?P<reference>[^/]+)"), _delete_manifest),
        ("POST", re.compile(_NAME + r"/blobs/uploads/?"), _start_upload),
        ("GET", re.compile(_UPLOAD), _upload_state),
        ("PATCH", re.compile(_UPLOAD), _append_upload),
        ("PUT", re.compile(_UPLOAD), _finish_upload),
        ("DELETE", re.compile(_UPLOAD), _cancel_upload),
        ("GET", re.compile(_NAME + r"/blobs/(?P<digest>sha256:[0-9a-f]+)"), _get_blob),
    )
