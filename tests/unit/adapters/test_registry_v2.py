"""Registries that lie, break off or send us elsewhere; what they do right is in the contract suite."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from pratique.adapters.registry_auth import ChallengeAuthorizer, Credentials
from pratique.adapters.registry_http import HttpLimits, RegistryHttp
from pratique.adapters.registry_v2 import RegistrySource, registry_source
from pratique.errors import InvalidValue, RegistryError
from pratique.model.image import Image, Layer
from tests.image_builder import build_layout
from tests.scripted_server import Answer, Asked, ScriptedServer, Told, layout_answers, scripted

FILES = {"bin/tool": bytes(itertools.islice(itertools.cycle(range(251)), 300_000))}
SECRET = Credentials("somebody", "s3cr3t-pass")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


class World:
    """A registry with one image, whose answers a test bends."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self.digest = build_layout(folder, [FILES], compression="none")
        self.honest = layout_answers(folder, self.digest)

    def serve(self, answer: Answer) -> tuple[RegistrySource, ScriptedServer]:
        server = self._stack.enter_context(scripted(answer))
        authorizer = ChallengeAuthorizer("repository:app:pull", SECRET)
        limits = HttpLimits(read=5.0, attempts=2)
        http = RegistryHttp(server.url, authorizer, limits=limits, sleep=lambda _: None)
        return RegistrySource(http, "app"), server

    def image(self) -> Image:
        source, _ = self.serve(self.honest)
        (image,) = source.images("")
        return image

    def bent(self, kind: str, change: Callable[[Told], Told]) -> Answer:
        """Answer honestly but for manifests or layers, which are changed."""
        layer = self.image().layers[0].digest

        def answer(asked: Asked) -> Told:
            told = self.honest(asked)
            is_layer = asked.path.endswith(layer)
            return change(told) if (is_layer if kind == "layer" else f"/{kind}/" in asked.path) else told

        return answer


@pytest.fixture
def world(stack: ExitStack, tmp_path: Path) -> World:
    return World(stack, tmp_path / "layout")


def _read(source: RegistrySource, layer: Layer) -> bytes:
    with source.open_layer(layer) as reader:
        return b"".join(iter(lambda: reader.read(10_000), b""))


def _body(told: Told) -> bytes:
    assert isinstance(told.body, bytes)
    return told.body


def test_the_tag_is_latest_where_none_is_given(world: World) -> None:
    source, server = world.serve(world.honest)

    (image,) = source.images("")

    assert image.reference.endswith("/app:latest")
    assert server.asked[0].path == "/v2/app/manifests/latest"
    assert "application/vnd.oci.image.index.v1+json" in server.asked[0].headers["Accept"]


def test_blobs_behind_a_redirect_are_read_without_authorization(world: World, stack: ExitStack) -> None:
    def storage(asked: Asked) -> Told:
        return Told(400) if "Authorization" in asked.headers else world.honest(asked)

    other = stack.enter_context(scripted(storage))

    def answer(asked: Asked) -> Told:
        if asked.headers.get("Authorization") != SECRET.header():
            return Told(401, headers={"WWW-Authenticate": 'Basic realm="x"'})
        told = world.honest(asked)
        return Told(307, headers={"Location": f"{other.url}{asked.path}"}) if "/blobs/" in asked.path else told

    source, _ = world.serve(answer)
    (image,) = source.images("latest")

    assert len(_read(source, image.layers[0])) == image.layers[0].size
    assert {"Authorization" in asked.headers for asked in other.asked} == {False}


def test_a_manifest_with_another_digest_than_asked_for_is_refused(world: World) -> None:
    source, _ = world.serve(world.bent("manifests", lambda told: replace(told, body=_body(told) + b"\n")))

    with pytest.raises(RegistryError, match="has the digest"):
        source.images(world.digest)


def test_a_manifest_with_another_digest_than_its_header_says_is_refused(world: World) -> None:
    header = {"Docker-Content-Digest": f"sha256:{'0' * 64}"}
    source, _ = world.serve(world.bent("manifests", lambda told: replace(told, headers=header)))

    with pytest.raises(RegistryError, match="has the digest"):
        source.images("latest")


def test_a_manifest_over_the_limit_is_not_read(world: World) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 65536

    source, _ = world.serve(world.bent("manifests", lambda told: replace(told, body=endless())))

    with pytest.raises(RegistryError, match="over the limit"):
        source.images("latest")


def test_a_layer_with_other_content_is_refused(world: World) -> None:
    source, _ = world.serve(world.bent("layer", lambda told: replace(told, body=_body(told)[:-1] + b"!")))

    with pytest.raises(RegistryError, match="content has the digest"):
        _read(source, world.image().layers[0])


def test_a_layer_of_another_stated_length_is_refused_at_once(world: World) -> None:
    source, _ = world.serve(world.bent("layer", lambda told: replace(told, body=_body(told) + b"more")))

    with pytest.raises(RegistryError, match=r"blob of \d+ bytes, the manifest says"):
        _read(source, world.image().layers[0])


def test_an_endless_layer_ends_at_its_declared_size(world: World) -> None:
    def endless(told: Told) -> Iterator[bytes]:
        while True:
            yield _body(told)

    source, _ = world.serve(world.bent("layer", lambda told: replace(told, body=endless(told))))

    with pytest.raises(RegistryError, match="longer than"):
        _read(source, world.image().layers[0])


def _breaking(world: World, breaks: int, *, honest_ranges: bool = True) -> Answer:
    """Serve the layer in pieces: each connection breaks off after 70,000 bytes, ``breaks`` times."""
    layer = world.image().layers[0].digest
    left = iter(range(breaks))

    def answer(asked: Asked) -> Told:
        told = world.honest(asked)
        if not asked.path.endswith(layer):
            return told
        start = int(asked.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        rest = _body(told)[start:]
        cut = rest[:70_000] if next(left, None) is not None else rest
        headers = {"Content-Length": str(len(rest))}
        if start and honest_ranges:
            headers["Content-Range"] = f"bytes {start}-{len(_body(told)) - 1}/{len(_body(told))}"
        return Told(206 if start and honest_ranges else 200, iter([cut]), headers)

    return answer


def test_a_broken_download_is_taken_up_where_it_broke(world: World) -> None:
    layer = world.image().layers[0]
    source, server = world.serve(_breaking(world, 3))

    blob = _read(source, layer)

    assert f"sha256:{hashlib.sha256(blob).hexdigest()}" == layer.digest
    assert [asked.headers.get("Range") for asked in server.asked] == [
        None,
        "bytes=70000-",
        "bytes=140000-",
        "bytes=210000-",
    ]


def test_a_download_that_keeps_breaking_is_a_retryable_error(world: World) -> None:
    source, _ = world.serve(_breaking(world, 4))

    with pytest.raises(RegistryError, match="broke off after 280000 of") as caught:
        _read(source, world.image().layers[0])
    assert caught.value.retryable


def test_a_registry_without_ranges_cannot_continue(world: World) -> None:
    source, _ = world.serve(_breaking(world, 1, honest_ranges=False))

    with pytest.raises(RegistryError) as caught:
        _read(source, world.image().layers[0])
    assert caught.value.layer


@pytest.mark.parametrize(
    ("status", "message", "retryable"),
    [(401, "needs credentials", False), (403, "denied", False), (404, "no such", False), (503, "HTTP 503", True)],
)
def test_each_status_is_said_in_words(status: int, message: str, retryable: bool, world: World) -> None:
    source, _ = world.serve(lambda _: Told(status))

    with pytest.raises(RegistryError, match=message) as caught:
        source.images("latest")
    assert caught.value.retryable is retryable
    with pytest.raises(RegistryError) as caught:
        _read(source, world.image().layers[0])
    assert caught.value.retryable is retryable


def test_schema_1_is_refused_in_words(world: World) -> None:
    told = Told(body=b"{}", headers={"Content-Type": "application/vnd.docker.distribution.manifest.v1+prettyjws"})
    source, _ = world.serve(lambda _: told)

    with pytest.raises(RegistryError, match="schema 1"):
        source.images("latest")


def _page(asked: Asked) -> Told:
    if "last=" in asked.path:
        return Told(body=json.dumps({"name": "app", "tags": ["c"]}).encode())
    link = {"Link": '</v2/app/tags/list?n=1000&last=b>; rel="next"'}
    return Told(body=json.dumps({"name": "app", "tags": ["a", "b"]}).encode(), headers=link)


def test_tags_go_on_to_the_last_page(world: World) -> None:
    source, _ = world.serve(_page)

    assert list(source.tags()) == ["a", "b", "c"]


def test_tags_of_a_list_without_end_are_given_up(world: World) -> None:
    endless = Told(body=b'{"tags": []}', headers={"Link": '</v2/app/tags/list?last=a>; rel="next"'})
    source, _ = world.serve(lambda _: endless)

    with pytest.raises(RegistryError, match="over 100 pages"):
        list(source.tags())


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"tags": [1]}', b"\xff"])
def test_a_malformed_list_is_an_error(body: bytes, world: World) -> None:
    source, _ = world.serve(lambda _: Told(body=body))

    with pytest.raises(RegistryError, match="malformed list"):
        list(source.tags())


@pytest.mark.parametrize("name", ["", "../x", "A", "a//b", "a?b"])
def test_names_that_are_none_never_reach_the_network(name: str) -> None:
    with pytest.raises(InvalidValue):
        registry_source("registry.test", name)


@pytest.mark.parametrize("reference", ["a/b", "..", "sha256:12", "a?b=c", "-x"])
def test_references_that_are_none_never_reach_the_network(reference: str, world: World) -> None:
    source, server = world.serve(world.honest)

    with pytest.raises(InvalidValue):
        source.images(reference)
    assert not server.asked


def test_compressed_transfer_is_not_undone(world: World) -> None:
    source, server = world.serve(world.bent("layer", lambda told: replace(told, body=gzip.compress(_body(told)))))

    with pytest.raises(RegistryError):
        _read(source, world.image().layers[0])
    assert server.asked[0].headers["Accept-Encoding"] == "identity"
