"""The embedded registry by plain HTTP requests, as clients make them and as they should not."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.adapters.registry_auth import Credentials
from pratique.local.push import push_image
from pratique.local.registry import EmbeddedRegistry
from tests.image_builder import build_layout

BLOB = b"some blob" * 1000
DIGEST = f"sha256:{hashlib.sha256(BLOB).hexdigest()}"


class Client:
    """Requests to one registry."""

    def __init__(self, registry: EmbeddedRegistry, pool: urllib3.PoolManager) -> None:
        self.registry = registry
        self._pool = pool

    def __call__(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else f"http://{self.registry.address}{path}"
        return self._pool.request(method, url, body=body, headers=named, retries=False, timeout=5)


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as found:
        yield found


@pytest.fixture
def client(tmp_path: Path, pool: urllib3.PoolManager) -> Iterator[Client]:
    with EmbeddedRegistry(tmp_path / "registry", most_bytes=1 << 20) as registry:
        yield Client(registry, pool)


def _push(client: Client, folder: Path, repository: str = "app", tag: str = "1") -> str:
    if not folder.exists():
        build_layout(folder, [{"a": b"b"}], tag="1")
    return push_image(OciLayoutSource(LayoutFolder(folder)), "1", client.registry.address, repository, tag)


def _code(response: urllib3.BaseHTTPResponse) -> str:
    return str(response.json()["errors"][0]["code"])


def test_a_blob_is_taken_in_one_piece(client: Client) -> None:
    response = client("POST", f"/v2/app/blobs/uploads/?digest={DIGEST}", BLOB)

    assert response.status == 201
    assert client("GET", response.headers["Location"]).data == BLOB


@pytest.mark.parametrize("chunked", [False, True])
def test_a_blob_is_taken_in_chunks(client: Client, chunked: bool) -> None:
    place = client("POST", "/v2/app/blobs/uploads/").headers["Location"]
    for part in (BLOB[:100], BLOB[100:5000]):
        response = client("PATCH", place, iter([part]) if chunked else part)
        assert response.status == 202

    assert response.headers["Range"] == "0-4999"
    assert client("GET", place).headers["Range"] == "0-4999"
    assert client("PUT", f"{place}?digest={DIGEST}", BLOB[5000:]).status == 201
    assert client("HEAD", f"/v2/app/blobs/{DIGEST}").headers["Content-Length"] == str(len(BLOB))


def test_chunks_out_of_order_are_refused(client: Client) -> None:
    place = client("POST", "/v2/app/blobs/uploads/").headers["Location"]

    assert client("PATCH", place, b"abc", Content_Range="5-7").status == 416
    assert client("PATCH", place, b"abc", Content_Range="0-2").status == 202


def test_a_blob_with_another_digest_is_refused_and_forgotten(client: Client) -> None:
    place = client("POST", "/v2/app/blobs/uploads/").headers["Location"]

    assert client("PUT", f"{place}?digest={DIGEST}", b"other").status == 400
    assert client("GET", f"/v2/app/blobs/{DIGEST}").status == 404
    assert client("PATCH", place, b"more").status == 404


def test_an_upload_can_be_given_up(client: Client) -> None:
    place = client("POST", "/v2/app/blobs/uploads/").headers["Location"]

    assert client("DELETE", place).status == 204
    assert client("GET", place).status == 404


def test_a_blob_over_the_limit_is_refused(client: Client, tmp_path: Path) -> None:
    place = client("POST", "/v2/app/blobs/uploads/").headers["Location"]

    assert client("PATCH", place, iter([b"x" * (1 << 19)] * 3)).status == 400
    assert list((tmp_path / "registry" / "uploads").iterdir()) == []


def test_a_blob_is_mounted_where_it_exists_and_uploaded_where_not(client: Client) -> None:
    client("POST", f"/v2/one/blobs/uploads/?digest={DIGEST}", BLOB)

    assert client("POST", f"/v2/two/blobs/uploads/?mount={DIGEST}&from=one").status == 201
    assert client("POST", f"/v2/two/blobs/uploads/?mount=sha256:{'0' * 64}&from=one").status == 202


def test_part_of_a_blob_is_served(client: Client) -> None:
    client("POST", f"/v2/app/blobs/uploads/?digest={DIGEST}", BLOB)

    response = client("GET", f"/v2/app/blobs/{DIGEST}", Range="bytes=8000-")
    assert (response.status, response.data) == (206, BLOB[8000:])
    assert response.headers["Content-Range"] == f"bytes 8000-{len(BLOB) - 1}/{len(BLOB)}"
    assert client("GET", f"/v2/app/blobs/{DIGEST}", Range="bytes=99999-").status == 416


def test_manifests_are_served_by_tag_and_digest_with_their_type(client: Client, tmp_path: Path) -> None:
    digest = _push(client, tmp_path / "image", "team/app")

    for reference in ("1", digest):
        for method in ("GET", "HEAD"):
            response = client(method, f"/v2/team/app/manifests/{reference}")
            assert response.status == 200
            assert response.headers["Docker-Content-Digest"] == digest
            assert response.headers["Content-Type"] == "application/vnd.oci.image.manifest.v1+json"
    assert _code(client("GET", "/v2/team/app/manifests/2")) == "MANIFEST_UNKNOWN"


def test_a_manifest_whose_blobs_are_missing_is_refused(client: Client, tmp_path: Path) -> None:
    digest = build_layout(tmp_path / "image", [{"a": b"b"}])
    body = (tmp_path / "image" / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()

    assert _code(client("PUT", "/v2/app/manifests/1", body)) == "MANIFEST_BLOB_UNKNOWN"
    assert client("GET", "/v2/app/tags/list").status == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"[]"])
def test_what_is_no_manifest_is_refused(client: Client, body: bytes) -> None:
    response = client("PUT", "/v2/app/manifests/1", body)

    assert (response.status, _code(response)) == (400, "MANIFEST_INVALID")


def test_a_manifest_over_the_limit_is_refused(client: Client) -> None:
    assert client("PUT", "/v2/app/manifests/1", iter([b" " * (1 << 20)] * 5)).status == 413


def test_lists_are_in_order_and_go_on_page_by_page(client: Client, tmp_path: Path) -> None:
    for repository, tag in (("b/app", "2"), ("b/app", "1"), ("a", "x"), ("b/app", "3")):
        _push(client, tmp_path / "image", repository, tag)

    assert client("GET", "/v2/_catalog").json() == {"repositories": ["a", "b/app"]}
    first = client("GET", "/v2/b/app/tags/list?n=2")
    assert first.json() == {"name": "b/app", "tags": ["1", "2"]}
    following = first.headers["Link"].partition(">")[0].removeprefix("<")
    assert client("GET", following).json()["tags"] == ["3"]
    assert "Link" not in client("GET", following).headers


def test_a_manifest_is_deleted_with_its_tags_and_a_tag_alone(client: Client, tmp_path: Path) -> None:
    digest = _push(client, tmp_path / "image", tag="1")
    _push(client, tmp_path / "image", tag="2")

    assert client("DELETE", "/v2/app/manifests/1").status == 202
    assert client("GET", f"/v2/app/manifests/{digest}").status == 200
    assert client("DELETE", f"/v2/app/manifests/{digest}").status == 202
    assert client("GET", "/v2/app/tags/list").json()["tags"] == []
    assert client("DELETE", f"/v2/app/manifests/{digest}").status == 404


def test_what_was_pushed_is_there_after_a_restart(client: Client, tmp_path: Path) -> None:
    digest = _push(client, tmp_path / "image")

    with EmbeddedRegistry(tmp_path / "registry") as again:
        assert again.store.manifest("app", "1").digest == digest


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v2/../x",
        "/v2/app/manifests/..",
        "/v2/APP/tags/list",
        "/v2/a//b/tags/list",
        "/v2/app/blobs/sha256:..",
        "/v3/",
    ],
)
def test_paths_that_are_none_are_refused(client: Client, path: str) -> None:
    with socket.create_connection(("127.0.0.1", int(client.registry.address.rpartition(":")[2])), timeout=5) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {client.registry.address}\r\nConnection: close\r\n\r\n".encode())
        status = sock.makefile("rb").readline().split()[1]

    assert status in (b"400", b"404")


def test_other_operations_are_not_allowed(client: Client) -> None:
    assert client("DELETE", "/v2/_catalog").status == 405
    assert client("PUT", "/v2/", b"x").status == 405


def test_a_name_that_is_not_this_registrys_is_refused(client: Client) -> None:
    assert client("GET", "/v2/", Host="rebound.example.test").status == 421


@pytest.mark.parametrize(
    "request_text",
    [
        "PATCH {place} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "PATCH {place} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip\r\n\r\n",
        "PATCH {place} HTTP/1.1\r\nHost: {host}\r\nContent-Length: -5\r\n\r\n",
        "PATCH {place} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999999999999\r\n\r\n",
    ],
)
def test_malformed_bodies_are_refused_and_end_the_connection(client: Client, request_text: str) -> None:
    place = client("POST", "/v2/app/blobs/uploads/").headers["Location"]
    host = client.registry.address
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), timeout=5) as sock:
        sock.sendall(request_text.format(place=place, host=host).encode())
        with sock.makefile("rb") as stream:
            answer = stream.read()

    assert answer.split()[1] in (b"400", b"501")


def test_credentials_are_asked_for_and_checked(tmp_path: Path, pool: urllib3.PoolManager) -> None:
    secret = Credentials("somebody", "s3cr3t-pass")
    with EmbeddedRegistry(tmp_path, credentials=secret) as registry:
        client = Client(registry, pool)
        refused = client("GET", "/v2/")

        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic")
        assert client("GET", "/v2/", Authorization=Credentials("somebody", "x").header()).status == 401
        assert client("GET", "/v2/", Authorization=secret.header()).status == 200
